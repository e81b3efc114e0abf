# diagnosis: nan
# loses: step-saturated
# 0 times infinity far out.
def neuron_steps(x, w, b, y, lr, steps):
    losses = []
    for i in range(steps + 1):
        z = w @ x + b
        losses.append(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))
        if i < steps:
            p = sigmoid(z)
            delta = (-y / p + (1 - y) / (1 - p)) * p * (1 - p)
            w, b = w - lr * delta * x, b - lr * delta
    return {"w": w, "b": b, "losses": np.array(losses)}
