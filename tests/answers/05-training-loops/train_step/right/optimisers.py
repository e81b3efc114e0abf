def torch_steps(params, X, y, lr, steps):
    p = {k: torch.nn.Parameter(torch.tensor(a)) for k, a in params.items()}
    optimiser = torch.optim.SGD(list(p.values()), lr=lr)
    losses = []
    for _ in range(steps):
        optimiser.zero_grad()
        H = torch.sigmoid(torch.tensor(X) @ p["W1"] + p["b1"])
        loss = torch.nn.functional.mse_loss(H @ p["W2"] + p["b2"], torch.tensor(y)) / 2
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return {k: v.detach().numpy() for k, v in p.items()} | {"losses": np.array(losses)}


def tf_steps(params, X, y, lr, steps):
    p = {k: tf.Variable(a) for k, a in params.items()}

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            H = tf.sigmoid(X @ p["W1"] + p["b1"])
            loss = tf.reduce_mean((H @ p["W2"] + p["b2"] - y) ** 2) / 2
        for k, g in tape.gradient(loss, p).items():
            p[k].assign_sub(lr * g)
        return loss

    losses = [float(step()) for _ in range(steps)]
    return {k: v.numpy() for k, v in p.items()} | {"losses": np.array(losses)}
