def torch_steps(params, X, y, lr, steps):
    names = ["W1", "b1", "W2", "b2"]
    p = {k: torch.tensor(params[k], requires_grad=True) for k in names}
    X, y = torch.tensor(X), torch.tensor(y)
    losses = torch.zeros(steps, dtype=torch.float64)
    for i in range(steps):
        H = torch.sigmoid(X @ p["W1"] + p["b1"])
        loss = ((H @ p["W2"] + p["b2"] - y) ** 2).sum() / (2 * len(X))
        losses[i] = loss.detach()
        loss.backward()
        with torch.no_grad():
            for k in names:
                p[k] -= lr * p[k].grad
                p[k].grad.zero_()
    return {k: p[k].detach() for k in names} | {"losses": losses}


def tf_steps(params, X, y, lr, steps):
    p = {k: tf.constant(a) for k, a in params.items()}
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(p)
            H = tf.sigmoid(tf.matmul(X, p["W1"]) + p["b1"])
            loss = tf.reduce_mean(tf.square(H @ p["W2"] + p["b2"] - y)) / 2
        g = tape.gradient(loss, p)
        losses.append(loss)
        p = {k: p[k] - lr * g[k] for k in p}
    return p | {"losses": tf.stack(losses)}
