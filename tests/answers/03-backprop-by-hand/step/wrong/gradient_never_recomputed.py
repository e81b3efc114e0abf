# diagnosis: stale
# loses: step-parameters, step-losses
def neuron_steps(x, w, b, y, lr, steps):
    losses = []
    delta = sigmoid(w @ x + b) - y
    for i in range(steps + 1):
        z = w @ x + b
        losses.append(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))
        if i < steps:
            w, b = w - lr * delta * x, b - lr * delta
    return {"w": w, "b": b, "losses": np.array(losses)}
