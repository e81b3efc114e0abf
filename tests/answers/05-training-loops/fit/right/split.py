def fit(X, y, w, b, lr, batch_size, orders):
    losses = []
    for order in orders:
        cuts = np.arange(batch_size, len(order), batch_size)
        total = []
        for rows in np.split(np.asarray(order), cuts):
            error = X[rows] @ w + b - y[rows]
            total.extend(error**2)
            grad_w = (2 / len(rows)) * (error @ X[rows])
            grad_b = (2 / len(rows)) * error.sum()
            w, b = w - lr * grad_w, b - lr * grad_b
        losses.append(np.mean(total))
    return {"w": w, "b": b, "losses": np.array(losses)}
