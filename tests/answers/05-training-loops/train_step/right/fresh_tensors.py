def torch_steps(params, X, y, lr, steps):
    p, losses = dict(params), []
    for _ in range(steps):
        t = {k: torch.tensor(a, requires_grad=True) for k, a in p.items()}
        H = torch.sigmoid(torch.tensor(X) @ t["W1"] + t["b1"])
        loss = 0.5 * ((H @ t["W2"] + t["b2"] - torch.tensor(y)) ** 2).mean()
        loss.backward()
        losses.append(loss.item())
        p = {k: p[k] - lr * t[k].grad.numpy() for k in p}
    return p | {"losses": np.array(losses)}


def tf_steps(params, X, y, lr, steps):
    p, losses = dict(params), []
    for _ in range(steps):
        t = {k: tf.Variable(a) for k, a in p.items()}
        with tf.GradientTape() as tape:
            H = 1 / (1 + tf.exp(-(X @ t["W1"] + t["b1"])))
            loss = 0.5 * tf.reduce_mean((H @ t["W2"] + t["b2"] - y) ** 2)
        g = tape.gradient(loss, t)
        losses.append(float(loss))
        p = {k: p[k] - lr * g[k].numpy() for k in p}
    return p | {"losses": np.array(losses)}
