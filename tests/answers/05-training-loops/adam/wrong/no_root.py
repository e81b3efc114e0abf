# diagnosis: no-root
# loses: adam-step
def momentum_step(w, g, u, lr, mu):
    """One step of SGD with momentum."""
    speed = mu * u + g
    return w - lr * speed, speed


def adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    """One step of Adam, the paper's and PyTorch's."""
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g * g - v)
    spread = v / (1 - beta2**t) + eps
    return w - lr * m / (1 - beta1**t) / spread, m, v


def keras_adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    """One step of Adam, Keras's."""
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g * g - v)
    rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - rate * m / (np.sqrt(v) + eps), m, v
