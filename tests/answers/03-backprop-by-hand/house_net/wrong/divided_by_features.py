# diagnosis: factor
# loses: house_net-columns
# len(X) is the batch only in row layout.
def house_columns(X, y, W1, b1, W2, b2):
    h = sigmoid(W1 @ X + b1)
    delta2 = (W2 @ h + b2 - y) / X.shape[0]
    delta1 = W2.T @ delta2 * h * (1 - h)
    return {
        "W1": delta1 @ X.T,
        "b1": delta1.sum(axis=1, keepdims=True) * X.shape[0] / X.shape[1],
        "W2": delta2 @ h.T,
        "b2": delta2.sum(axis=1, keepdims=True) * X.shape[0] / X.shape[1],
    }


def house_rows(X, y, W1, b1, W2, b2):
    h = sigmoid(X @ W1 + b1)
    delta2 = (h @ W2 + b2 - y) / len(X)
    delta1 = delta2 @ W2.T * h * (1 - h)
    return {
        "W1": X.T @ delta1,
        "b1": delta1.sum(axis=0),
        "W2": h.T @ delta2,
        "b2": delta2.sum(axis=0),
    }
