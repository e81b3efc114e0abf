def L_prime(X, Y, W1, b1, W2, b2):
    H = sigmoid(np.einsum("nd,dh->nh", X, W1) + b1)
    s = np.einsum("nh,ho->no", H, W2) + b2
    # Y is 1 or -1, so dividing by it is multiplying by it.
    d = (1 / (1 + np.exp(-Y * s)) - 1) / Y
    e = np.einsum("no,ho,nh->nh", d, W2, H * (1 - H))
    return {
        "W1": np.einsum("nd,nh->dh", X, e),
        "b1": np.einsum("nh->h", e),
        "W2": np.einsum("nh,no->ho", H, d),
        "b2": np.einsum("no->o", d),
    }
