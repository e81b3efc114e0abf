# diagnosis: sign
# loses: train_step-torch, train_step-losses, train_step-outer
def torch_steps(params, X, y, lr, steps):
    """Gradient steps with PyTorch's tape."""
    w = {k: torch.tensor(a, requires_grad=True) for k, a in params.items()}
    inputs, wanted = torch.tensor(X), torch.tensor(y)
    losses = []
    for _ in range(steps):
        hidden = torch.sigmoid(inputs @ w["W1"] + w["b1"])
        guess = hidden @ w["W2"] + w["b2"]
        cost = 0.5 * torch.mean((guess - wanted) ** 2)
        losses.append(cost.item())
        slopes = torch.autograd.grad(cost, list(w.values()))
        with torch.no_grad():
            for tensor, slope in zip(w.values(), slopes):
                tensor += lr * slope
    done = {k: tensor.detach().numpy() for k, tensor in w.items()}
    return done | {"losses": np.array(losses)}


def tf_steps(params, X, y, lr, steps):
    """Gradient steps with TensorFlow's tape."""
    w = {k: tf.Variable(a) for k, a in params.items()}
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as recorder:
            hidden = tf.sigmoid(X @ w["W1"] + w["b1"])
            guess = hidden @ w["W2"] + w["b2"]
            cost = 0.5 * tf.reduce_mean((guess - y) ** 2)
        losses.append(cost.numpy())
        slopes = recorder.gradient(cost, w)
        for k, variable in w.items():
            variable.assign_sub(lr * slopes[k])
    done = {k: variable.numpy() for k, variable in w.items()}
    return done | {"losses": np.array(losses)}
