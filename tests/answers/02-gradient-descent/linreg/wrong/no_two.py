# diagnosis: factor
# loses: linreg-gradient, linreg-fit
def linreg(X, y, W, b):
    residual = X @ W + b - y[:, None]
    n = len(y)
    return {
        "loss": (residual**2).mean(),
        "dW": 1 / n * X.T @ residual,
        "db": 1 / n * residual.sum(axis=0),
    }


def fit(X, y, lr, steps):
    """W and b after `steps` steps from zeros."""
    W, b = np.zeros((X.shape[1], 1)), np.zeros(1)
    for _ in range(steps):
        slopes = linreg(X, y, W, b)
        W = W - lr * slopes["dW"]
        b = b - lr * slopes["db"]
    return {"W": W, "b": b}
