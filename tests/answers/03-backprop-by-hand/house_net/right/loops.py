def _gradients(X, y, W1, b1, W2, b2):
    """Row layout, one house and one unit at a time; b1 and W2 are flat."""
    n, d = X.shape
    units = len(b1)
    gW1, gb1 = np.zeros((d, units)), np.zeros(units)
    gW2, gb2 = np.zeros(units), 0.0
    for i in range(n):
        h = [1 / (1 + np.exp(-(X[i] @ W1[:, j] + b1[j]))) for j in range(units)]
        error = sum(h[j] * W2[j] for j in range(units)) + b2 - y[i]
        gb2 += error / n
        for j in range(units):
            gW2[j] += error * h[j] / n
            delta = error * W2[j] * h[j] * (1 - h[j]) / n
            gb1[j] += delta
            for k in range(d):
                gW1[k, j] += delta * X[i, k]
    return gW1, gb1, gW2, gb2


def house_columns(X, y, W1, b1, W2, b2):
    gW1, gb1, gW2, gb2 = _gradients(X.T, y[0], W1.T, b1[:, 0], W2[0], b2[0, 0])
    return {
        "W1": gW1.T, "b1": gb1[:, None], "W2": gW2[None, :], "b2": np.array([[gb2]])
    }


def house_rows(X, y, W1, b1, W2, b2):
    gW1, gb1, gW2, gb2 = _gradients(X, y[:, 0], W1, b1, W2[:, 0], b2[0])
    return {"W1": gW1, "b1": gb1, "W2": gW2[:, None], "b2": np.array([gb2])}
