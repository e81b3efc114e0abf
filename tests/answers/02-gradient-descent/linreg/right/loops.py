def linreg(X, y, W, b):
    n, d = X.shape
    loss, dW, db = 0.0, np.zeros((d, 1)), np.zeros(1)
    for i in range(n):
        error = sum(X[i, j] * W[j, 0] for j in range(d)) + b[0] - y[i]
        loss += error**2 / n
        for j in range(d):
            dW[j, 0] += 2 * error * X[i, j] / n
        db[0] += 2 * error / n
    return {"loss": loss, "dW": dW, "db": db}


def fit(X, y, lr, steps):
    """In closed form, in the directions of the Hessian."""
    A = np.column_stack([X, np.ones(len(X))])
    bends, turn = np.linalg.eigh(2 / len(y) * A.T @ A)
    goal = np.linalg.lstsq(A, y, rcond=None)[0]
    theta = goal - turn @ ((1 - lr * bends) ** steps * (turn.T @ goal))
    return {"W": theta[:-1, None], "b": theta[-1:]}
