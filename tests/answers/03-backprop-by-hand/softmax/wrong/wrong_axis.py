# diagnosis: wrong-axis
# loses: softmax-gradient, softmax-loss, softmax-large
def softmax_cross_entropy(Z, T, upstream):
    Z = Z - Z.max(axis=0, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=0, keepdims=True))
    return {
        "loss": -np.sum(T * log_P) / len(Z),
        "dZ": upstream * (np.exp(log_P) - T) / len(Z),
    }
