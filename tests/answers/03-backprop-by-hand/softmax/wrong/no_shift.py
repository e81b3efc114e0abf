# diagnosis: nan
# loses: softmax-large
# Overflows far out.
def softmax_cross_entropy(Z, T, upstream):
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return {
        "loss": -np.sum(T * log_P) / len(Z),
        "dZ": upstream * (np.exp(log_P) - T) / len(Z),
    }
