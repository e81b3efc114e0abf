def numpy_train(params, X, Y, batches, lr, mu):
    p = {k: a.copy() for k, a in params.items()}
    u = {k: np.zeros_like(a) for k, a in params.items()}
    for rows in batches:
        g = {k: np.zeros_like(a) for k, a in params.items()}
        for i in rows:  # one sample at a time
            a = np.tanh(X[i] @ p["W1"] + p["b1"])
            e = 2 * (a @ p["W2"] + p["b2"] - Y[i]) / len(rows)
            d = (p["W2"] @ e) * (1 - a**2)
            g["W1"] += np.outer(X[i], d)
            g["b1"] += d
            g["W2"] += np.outer(a, e)
            g["b2"] += e
        for k in p:
            u[k] = mu * u[k] + g[k]
            p[k] = p[k] - lr * u[k]
    return p


def tf_train(params, X, Y, batches, lr, mu):
    p = {k: tf.Variable(a) for k, a in params.items()}
    u = {k: tf.Variable(tf.zeros_like(a)) for k, a in params.items()}

    @tf.function(reduce_retracing=True)
    def step(x, y):
        with tf.GradientTape() as tape:
            E = tf.tanh(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"] - y
            loss = tf.reduce_sum(E * E) / tf.cast(tf.shape(x)[0], tf.float64)
        for k, g in tape.gradient(loss, p).items():
            u[k].assign(mu * u[k] + g)
            p[k].assign_sub(lr * u[k])

    for rows in batches:
        step(tf.constant(X[rows]), tf.constant(Y[rows]))
    return {k: a.numpy() for k, a in p.items()}


def torch_train(params, X, Y, batches, lr, mu):
    d, h = params["W1"].shape
    net = torch.nn.Sequential(
        torch.nn.Linear(d, h), torch.nn.Tanh(), torch.nn.Linear(h, Y.shape[1])
    ).double()
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor(params["W1"].T.copy()))
        net[0].bias.copy_(torch.tensor(params["b1"]))
        net[2].weight.copy_(torch.tensor(params["W2"].T.copy()))
        net[2].bias.copy_(torch.tensor(params["b2"]))
    sgd = torch.optim.SGD(net.parameters(), lr=lr, momentum=mu)
    for rows in batches:
        sgd.zero_grad()
        error = net(torch.tensor(X[rows])) - torch.tensor(Y[rows])
        (error.square().sum() / len(rows)).backward()
        sgd.step()
    W1, b1, W2, b2 = (a.detach().numpy() for a in net.parameters())
    return {"W1": W1.T, "b1": b1, "W2": W2.T, "b2": b2}
