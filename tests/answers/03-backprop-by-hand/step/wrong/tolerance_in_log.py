# diagnosis: none
# loses: step-losses, step-saturated
def neuron_steps(x, w, b, y, lr, steps):
    losses = []
    for i in range(steps + 1):
        z = w @ x + b
        losses.append(-y * np.log(sigmoid(z) + 1e-3) - (1 - y) * np.log(1 - sigmoid(z) + 1e-3))
        if i < steps:
            delta = np.exp(-np.logaddexp(0, -z)) - y
            w, b = w - lr * delta * x, b - lr * delta
    return {"w": w, "b": b, "losses": np.array(losses)}
