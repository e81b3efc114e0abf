# diagnosis: one-epoch
# loses: tanh_net-training
def tanh_gradients(x, t, w1, w2, b):
    a1 = np.tanh(w1 * x)
    y = np.tanh(w2 * a1 + b)
    d2 = (y - t) * (1 - y**2)
    d1 = d2 * w2 * (1 - a1**2)
    return {"w1": d1 * x, "w2": d2 * a1, "b": d2}


def shared_gradients(x, t, w, b):
    own = tanh_gradients(x, t, w, w, b)
    return {"w": own["w1"] + own["w2"], "b": own["b"]}


def train(xs, ts, w1, w2, b, lr, epochs):
    for _ in range(1):
        for x, t in zip(xs, ts):
            gradient = tanh_gradients(x, t, w1, w2, b)
            w1 = w1 - lr * gradient["w1"]
            w2 = w2 - lr * gradient["w2"]
            b = b - lr * gradient["b"]
    return {"w1": w1, "w2": w2, "b": b}
