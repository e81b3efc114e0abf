# diagnosis: sum-not-mean
# loses: linreg-gradient, linreg-loss, linreg-fit
def linreg(X, y, W, b):
    residual = X @ W + b - y[:, None]
    n = len(y)
    return {
        "loss": (residual**2).sum(),
        "dW": 2 * X.T @ residual,
        "db": 2 * residual.sum(axis=0),
    }


def fit(X, y, lr, steps):
    """W and b after `steps` steps from zeros."""
    W, b = np.zeros((X.shape[1], 1)), np.zeros(1)
    for _ in range(steps):
        slopes = linreg(X, y, W, b)
        W = W - lr * slopes["dW"]
        b = b - lr * slopes["db"]
    return {"W": W, "b": b}
