def layer_norm_backward(dy, x, gamma, eps):
    n, d = x.shape
    mu = x.sum(axis=1, keepdims=True) / d
    centred = x - mu
    v = (centred**2).sum(axis=1, keepdims=True) / d
    root = np.sqrt(v + eps)
    g = dy * gamma
    dv = -0.5 * (g * centred).sum(axis=1, keepdims=True) / root**3
    dmu = -g.sum(axis=1, keepdims=True) / root
    dx = g / root + 2 * centred * dv / d + dmu / d
    return {"dx": dx, "dgamma": np.sum(dy * centred / root, 0), "dbeta": np.sum(dy, 0)}
