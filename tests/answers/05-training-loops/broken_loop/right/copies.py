def train(features, price, train_rows, test_rows, rate, epochs):
    features, price = features.copy(), np.log(price)
    scale = features[train_rows].std(axis=0)
    features -= features[train_rows].mean(axis=0)
    features /= scale
    w, b = np.zeros(features.shape[1]), 0.0
    history = np.zeros(epochs)
    n = len(train_rows)
    for epoch in range(epochs):
        for i in range((n + 15) // 16):
            rows = train_rows[16 * i : 16 * i + 16]
            error = features[rows] @ w + b - price[rows]
            history[epoch] += 0.5 * np.mean(error**2) * len(rows) / n
            w = w - rate * features[rows].T @ error / len(rows)
            b = b - rate * error.mean()
    error = features[test_rows] @ w + b - price[test_rows]
    return {
        "w": w,
        "b": b,
        "history": history,
        "error": np.linalg.norm(error) / np.sqrt(len(error)),
    }
