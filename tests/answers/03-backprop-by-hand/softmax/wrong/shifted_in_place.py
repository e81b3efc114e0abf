# diagnosis: input-changed
# loses: softmax-gradient
# Right numbers, but the caller's array is changed.
def softmax_cross_entropy(Z, T, upstream):
    Z -= Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return {
        "loss": -np.sum(T * log_P) / len(Z),
        "dZ": upstream * (np.exp(log_P) - T) / len(Z),
    }
