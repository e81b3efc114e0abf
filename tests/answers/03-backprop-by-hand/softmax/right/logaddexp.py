def softmax_cross_entropy(Z, T, upstream):
    total = np.logaddexp.reduce(Z, axis=1)
    return {
        "loss": np.mean(total - np.einsum("ij,ij->i", T, Z)),
        "dZ": (np.exp(Z - total[:, None]) - T) * (upstream / Z.shape[0]),
    }
