# diagnosis: after-the-epoch
# loses: fit-losses
def fit(X, y, w, b, lr, batch_size, orders):
    """Minibatch gradient descent on a straight line, as a dict."""
    losses = []
    for order in orders:
        squares = 0.0
        for begin in range(0, len(order), batch_size):
            part = order[begin : begin + batch_size]
            miss = X[part] @ w + b - y[part]
            squares += (miss**2).sum()
            w = w - lr * 2 * X[part].T @ miss / len(part)
            b = b - lr * 2 * miss.mean()
        losses.append(np.mean((X @ w + b - y) ** 2))
    return {"w": w, "b": b, "losses": np.array(losses)}
