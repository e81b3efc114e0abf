def numpy_train(params, X, Y, batches, lr, mu):
    W1, b1, W2, b2 = (params[k].copy() for k in ["W1", "b1", "W2", "b2"])
    u = [0 * W1, 0 * b1, 0 * W2, 0 * b2]
    for rows in batches:
        x, n = X[rows], len(rows)
        A = np.tanh(x @ W1 + b1)
        R = A @ W2 + b2 - Y[rows]
        D = np.einsum("ij,kj->ik", R, W2) * (1 - A**2)
        g = [x.T @ D, D.sum(0), A.T @ R, R.sum(0)]
        u = [mu * old + 2 / n * new for old, new in zip(u, g)]
        W1, b1, W2, b2 = (p - lr * s for p, s in zip([W1, b1, W2, b2], u))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


def tf_train(params, X, Y, batches, lr, mu):
    X, Y = tf.constant(X), tf.constant(Y)
    p = {k: tf.constant(a) for k, a in params.items()}
    u = {k: tf.zeros_like(a) for k, a in p.items()}
    for rows in batches:
        with tf.GradientTape() as tape:
            tape.watch(p)
            A = tf.tanh(tf.gather(X, rows) @ p["W1"] + p["b1"])
            E = A @ p["W2"] + p["b2"] - tf.gather(Y, rows)
            loss = tf.reduce_mean(tf.reduce_sum(E**2, axis=1))
        g = tape.gradient(loss, p)
        u = {k: mu * u[k] + g[k] for k in p}
        p = {k: p[k] - lr * u[k] for k in p}
    return p


def torch_train(params, X, Y, batches, lr, mu):
    X, Y = torch.tensor(X), torch.tensor(Y)
    p = {k: torch.tensor(a, requires_grad=True) for k, a in params.items()}
    u = {k: torch.zeros_like(a) for k, a in p.items()}
    for rows in batches:
        A = torch.tanh(X[rows] @ p["W1"] + p["b1"])
        ((A @ p["W2"] + p["b2"] - Y[rows]) ** 2).sum(dim=1).mean().backward()
        with torch.no_grad():
            for k in p:
                u[k] = mu * u[k] + p[k].grad
                p[k] -= lr * u[k]
                p[k].grad = None
    return {k: a.detach().numpy() for k, a in p.items()}
