# diagnosis: leak
# loses: broken_loop-weights, broken_loop-history, broken_loop-error
def train(features, price, train_rows, test_rows, rate, epochs):
    """A straight line for the logarithm of the price, as a dict."""
    known = features
    X = (features - known.mean(axis=0)) / known.std(axis=0)
    target = np.log(price)
    w, b = np.zeros(X.shape[1]), 0.0
    history = []
    for _ in range(epochs):
        squares = 0.0
        for first in range(0, len(train_rows), 16):
            rows = train_rows[first : first + 16]
            miss = X[rows] @ w + b - target[rows]
            squares += 0.5 * np.sum(miss**2)
            w = w - rate * X[rows].T @ miss / len(rows)
            b = b - rate * miss.mean()
        history.append(squares / len(train_rows))
    miss = X[test_rows] @ w + b - target[test_rows]
    report = np.sqrt(np.mean(miss**2))
    return {"w": w, "b": b, "history": np.array(history), "error": report}
