def momentum_step(w, g, u, lr, mu):
    u = g + mu * u
    return w - lr * u, u


def adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * np.square(g)
    m_hat = m / (1 - np.power(beta1, t))
    v_hat = v / (1 - np.power(beta2, t))
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def keras_adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    wider = eps / np.sqrt(1 - beta2**t)
    return adam_step(w, g, m, v, t, lr, beta1, beta2, wider)
