def momentum_step(w, g, u, lr, mu):
    w, g, u = (torch.tensor(a) for a in (w, g, u))
    u = torch.add(g, u, alpha=mu)
    return torch.sub(w, u, alpha=lr), u


def _means(g, m, v, beta1, beta2):
    g, m, v = (torch.tensor(a) for a in (g, m, v))
    return torch.lerp(m, g, 1 - beta1), torch.lerp(v, g * g, 1 - beta2)


def adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = _means(g, m, v, beta1, beta2)
    scale = (v / (1 - beta2**t)).sqrt() + eps
    return torch.tensor(w) - lr / (1 - beta1**t) * m / scale, m, v


def keras_adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = _means(g, m, v, beta1, beta2)
    rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    return torch.tensor(w) - rate * m / (v.sqrt() + eps), m, v
