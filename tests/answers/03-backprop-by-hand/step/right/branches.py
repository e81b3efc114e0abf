def neuron_steps(x, w, b, y, lr, steps):
    def probability(z):
        if z >= 0:
            return 1 / (1 + np.exp(-z))
        return np.exp(z) / (1 + np.exp(z))

    def loss(z):
        return max(z, 0) - y * z + np.log1p(np.exp(-abs(z)))

    w = np.array(w, dtype=float)
    losses = np.zeros(steps + 1)
    losses[0] = loss(w.dot(x) + b)
    for i in range(1, steps + 1):
        delta = probability(w.dot(x) + b) - y
        w -= lr * delta * x
        b = b - lr * delta
        losses[i] = loss(w.dot(x) + b)
    return {"w": w, "b": b, "losses": losses}
