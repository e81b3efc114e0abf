# diagnosis: factor
# loses: softmax-gradient, softmax-loss, softmax-large
def softmax_cross_entropy(Z, T, upstream):
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return {
        "loss": -np.mean(T * log_P),
        "dZ": upstream * (np.exp(log_P) - T) / Z.size,
    }
