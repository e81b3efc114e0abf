# diagnosis: none
# loses: broken_loop-inputs, broken_loop-weights, broken_loop-history, broken_loop-error
RATE = 0.2


def train(features, price, train_rows, test_rows, rate, epochs):
    features -= features.mean(axis=0)
    features /= features.std(axis=0)
    price[:] = np.log(price)
    w, b = np.zeros(features.shape[1]), 0.0
    history = []
    for epoch in range(epochs):
        for i in range(len(train_rows) // 16):
            rows = train_rows[16 * i : 16 * i + 16]
            error = features[rows] @ w + b - price[rows]
            gradient_w = features[rows].T @ error / len(rows)
            gradient_b = error.mean()
            w = w - RATE * gradient_w
            b = b - RATE * gradient_b
        history.append(0.5 * np.mean(error**2))
    checked = train_rows[0:80:4]
    error = features[checked] @ w + b - price[checked]
    report = np.sqrt(np.mean(error**2))
    return {"w": w, "b": b, "history": np.array(history), "error": report}
