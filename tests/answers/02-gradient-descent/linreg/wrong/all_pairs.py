# diagnosis: broadcast
# loses: linreg-gradient, linreg-loss, linreg-planted, linreg-fit
# (n, 1) minus (n,): every target meets every prediction.
def linreg(X, y, W, b):
    residual = X @ W + b - y
    n = len(y)
    return {
        "loss": (residual**2).mean(),
        "dW": (2 / n**2 * X.T @ residual).sum(axis=1, keepdims=True),
        "db": 2 / n**2 * residual.sum(keepdims=True)[0],
    }


def fit(X, y, lr, steps):
    """W and b after `steps` steps from zeros."""
    W, b = np.zeros((X.shape[1], 1)), np.zeros(1)
    for _ in range(steps):
        slopes = linreg(X, y, W, b)
        W = W - lr * slopes["dW"]
        b = b - lr * slopes["db"]
    return {"W": W, "b": b}
