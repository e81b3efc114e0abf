def house_columns(X, y, W1, b1, W2, b2):
    n = y.size
    ones = np.ones((n, 1))
    h = sigmoid(W1 @ X + b1)
    error = W2 @ h + b2 - y
    back = (W2.T @ error) * (h - h * h)
    return {
        "W1": back @ X.T / n, "b1": back @ ones / n,
        "W2": error @ h.T / n, "b2": error @ ones / n,
    }


def house_rows(X, y, W1, b1, W2, b2):
    g = house_columns(X.T, y.T, W1.T, b1[:, None], W2.T, b2[:, None])
    return {"W1": g["W1"].T, "b1": g["b1"][:, 0], "W2": g["W2"].T, "b2": g["b2"][:, 0]}
