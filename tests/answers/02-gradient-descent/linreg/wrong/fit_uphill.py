# diagnosis: none
# loses: linreg-fit
def linreg(X, y, W, b):
    """Loss and gradients of the mean squared error."""
    residual = (X @ W)[:, 0] + b[0] - y  # (n,)
    count = len(y)
    dW = (2 / count) * (residual @ X)[:, None]
    db = np.array([2 * residual.mean()])
    return {"loss": (residual**2).mean(), "dW": dW, "db": db}


def fit(X, y, lr, steps):
    """W and b after `steps` steps from zeros."""
    W, b = np.zeros((X.shape[1], 1)), np.zeros(1)
    for _ in range(steps):
        slopes = linreg(X, y, W, b)
        W = W + lr * slopes["dW"]
        b = b + lr * slopes["db"]
    return {"W": W, "b": b}
