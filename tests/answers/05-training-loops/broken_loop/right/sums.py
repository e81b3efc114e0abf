def train(features, price, train_rows, test_rows, rate, epochs):
    mean = features[train_rows].mean(0)
    X = np.column_stack(
        [(features - mean) / features[train_rows].std(0), np.ones(len(price))]
    )
    p, log_price, history = np.zeros(X.shape[1]), np.log(price), []
    for _ in range(epochs):
        seen = []
        for rows in np.split(train_rows, range(16, len(train_rows), 16)):
            e = X[rows] @ p - log_price[rows]
            seen.append(e**2 / 2)
            p = p - rate * (e @ X[rows]) / len(rows)
        history.append(np.concatenate(seen).mean())
    left = X[test_rows] @ p - log_price[test_rows]
    return {
        "w": p[:-1],
        "b": p[-1],
        "history": np.array(history),
        "error": np.sqrt((left**2).mean()),
    }
