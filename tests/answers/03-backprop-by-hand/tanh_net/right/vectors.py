def tanh_gradients(x, t, w1, w2, b):
    return dict(zip(["w1", "w2", "b"], _gradient(x, t, np.array([w1, w2, b]))))


def _gradient(x, t, theta):
    w1, w2, b = theta
    a1 = np.tanh(w1 * x)
    y = np.tanh(w2 * a1 + b)
    dz2_dtheta = np.array([w2 * (1 - a1) * (1 + a1) * x, a1, 1.0])
    return (y - t) * (1 - y) * (1 + y) * dz2_dtheta


def shared_gradients(x, t, w, b):
    g = _gradient(x, t, np.array([w, w, b]))
    return {"w": g[:2].sum(), "b": g[2]}


def train(xs, ts, w1, w2, b, lr, epochs):
    theta = np.array([w1, w2, b])
    for _ in range(epochs):
        for x, t in zip(xs, ts):
            theta = theta - lr * _gradient(x, t, theta)
    return {"w1": theta[0], "w2": theta[1], "b": theta[2]}
