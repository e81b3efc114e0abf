def linreg(X, y, W, b):
    n = X.shape[0]
    residual = X @ W + b - y.reshape(-1, 1)  # (n, 1)
    return {
        "loss": float(np.sum(residual * residual)) / n,
        "dW": 2.0 / n * X.T @ residual,
        "db": 2.0 / n * residual.sum(axis=0),
    }


def fit(X, y, lr, steps):
    W, b = np.zeros((X.shape[1], 1)), np.zeros((1,))
    while steps:
        g = linreg(X, y, W, b)
        W, b, steps = W - lr * g["dW"], b - lr * g["db"], steps - 1
    return {"W": W, "b": b}
