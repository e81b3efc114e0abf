# diagnosis: none
# loses: softmax-gradient, softmax-loss, softmax-large
def softmax_cross_entropy(Z, T, upstream):
    Z = Z - Z.max()
    log_P = Z - np.log(np.exp(Z).sum())
    return {
        "loss": -np.sum(T * log_P) / len(Z),
        "dZ": upstream * (np.exp(log_P) - T) / len(Z),
    }
