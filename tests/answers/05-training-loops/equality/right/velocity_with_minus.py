def numpy_train(params, X, Y, batches, lr, mu):
    """Momentum steps with a gradient by hand."""
    q, speed = dict(params), dict.fromkeys(params, 0.0)
    for part in batches:
        units = np.tanh(X[part] @ q["W1"] + q["b1"])
        out = 2 * (units @ q["W2"] + q["b2"] - Y[part]) / len(part)
        back = (out @ q["W2"].T) * (1 - units * units)
        slope = {
            "W1": X[part].T @ back,
            "b1": back.sum(axis=0),
            "W2": units.T @ out,
            "b2": out.sum(axis=0),
        }
        speed = {name: mu * speed[name] - lr * slope[name] for name in q}
        q = {name: q[name] + speed[name] for name in q}
    return q


def tf_train(params, X, Y, batches, lr, mu):
    """The same steps with TensorFlow's tape."""
    q = {name: tf.Variable(a, dtype=tf.float64) for name, a in params.items()}
    speed = {name: tf.zeros_like(variable) for name, variable in q.items()}
    for part in batches:
        with tf.GradientTape() as recorder:
            units = tf.tanh(X[part] @ q["W1"] + q["b1"])
            miss = units @ q["W2"] + q["b2"] - Y[part]
            cost = tf.reduce_sum(miss**2) / len(part)
        slope = recorder.gradient(cost, q)
        for name, variable in q.items():
            speed[name] = mu * speed[name] - lr * slope[name]
            variable.assign_add(speed[name])
    return {name: variable.numpy() for name, variable in q.items()}


def torch_train(params, X, Y, batches, lr, mu):
    """The same steps with PyTorch's tape."""
    q = {name: torch.tensor(a).requires_grad_() for name, a in params.items()}
    optimiser = torch.optim.SGD(q.values(), lr=lr, momentum=mu)
    for part in batches:
        units = torch.tanh(torch.tensor(X[part]) @ q["W1"] + q["b1"])
        miss = units @ q["W2"] + q["b2"] - torch.tensor(Y[part])
        optimiser.zero_grad()
        ((miss**2).sum() / len(part)).backward()
        optimiser.step()
    return {name: tensor.detach().numpy() for name, tensor in q.items()}
