# diagnosis: input-changed
# loses: step-parameters
# Right numbers, but the caller's array is changed.
def neuron_steps(x, w, b, y, lr, steps):
    losses = []
    for i in range(steps + 1):
        z = w @ x + b
        losses.append(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))
        if i < steps:
            delta = np.exp(-np.logaddexp(0, -z)) - y
            w -= lr * delta * x
            b = b - lr * delta
    return {"w": w, "b": b, "losses": np.array(losses)}
