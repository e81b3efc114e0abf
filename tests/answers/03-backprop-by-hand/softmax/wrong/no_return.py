# diagnosis: none
# loses: softmax-gradient, softmax-loss, softmax-large
# Everything is computed, and nothing is returned.
def softmax_cross_entropy(Z, T, upstream):
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -np.sum(T * log_P) / len(Z)
    dZ = upstream * (np.exp(log_P) - T) / len(Z)
    found = {"loss": loss, "dZ": dZ}
