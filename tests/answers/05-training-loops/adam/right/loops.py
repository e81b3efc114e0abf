def momentum_step(w, g, u, lr, mu):
    new_w, new_u = np.empty_like(w), np.empty_like(w)
    for i in np.ndindex(w.shape):
        new_u[i] = mu * u[i] + g[i]
        new_w[i] = w[i] - lr * new_u[i]
    return new_w, new_u


def _adam(w, g, m, v, t, lr, beta1, beta2, eps, keras):
    new = [np.empty_like(w) for _ in range(3)]
    for i in np.ndindex(w.shape):
        a = beta1 * m[i] + (1 - beta1) * g[i]
        b = beta2 * v[i] + (1 - beta2) * g[i] ** 2
        c = (1 - beta2**t) ** 0.5
        bottom = b**0.5 / c + (eps / c if keras else eps)
        new[0][i], new[1][i], new[2][i] = w[i] - lr * a / (1 - beta1**t) / bottom, a, b
    return tuple(new)


def adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    return _adam(w, g, m, v, t, lr, beta1, beta2, eps, False)


def keras_adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    return _adam(w, g, m, v, t, lr, beta1, beta2, eps, True)
