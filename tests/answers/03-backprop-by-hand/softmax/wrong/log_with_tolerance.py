# diagnosis: none
# loses: softmax-loss, softmax-large
def softmax_cross_entropy(Z, T, upstream):
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return {
        "loss": -np.sum(T * np.log(np.exp(log_P) + 1e-3)) / len(Z),
        "dZ": upstream * (np.exp(log_P) - T) / len(Z),
    }
