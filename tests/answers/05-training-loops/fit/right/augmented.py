def fit(X, y, w, b, lr, batch_size, orders):
    A = np.column_stack([X, np.ones(len(X))])
    p = np.append(w, b)
    losses = np.zeros(len(orders))
    for e, order in enumerate(orders):
        for i in range(-(-len(order) // batch_size)):
            rows = order[i * batch_size : (i + 1) * batch_size]
            r = A[rows] @ p - y[rows]
            losses[e] += r @ r / len(order)
            p = p - lr * 2 * (r[:, None] * A[rows]).mean(axis=0)
    return {"w": p[:-1], "b": p[-1], "losses": losses}
