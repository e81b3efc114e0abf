# diagnosis: input-changed
# loses: linreg-gradient
# Saves memory: y becomes the residual.
def linreg(X, y, W, b):
    y -= (X @ W + b)[:, 0]
    n = len(y)
    return {
        "loss": (y**2).mean(),
        "dW": (-2 / n * y @ X)[:, None],
        "db": np.array([-2 * y.mean()]),
    }


def fit(X, y, lr, steps):
    W, b = np.zeros((X.shape[1], 1)), np.zeros(1)
    for _ in range(steps):
        slopes = linreg(X, y.copy(), W, b)
        W, b = W - lr * slopes["dW"], b - lr * slopes["db"]
    return {"W": W, "b": b}
