def layer_norm_backward(dy, x, gamma, eps):
    d = x.shape[1]
    centre = np.eye(d) - np.ones((d, d)) / d
    dx, dgamma = np.zeros_like(x), np.zeros(d)
    for i in range(len(x)):
        c = centre @ x[i]
        v = c @ c / d + eps
        jacobian = (np.eye(d) - np.outer(c, c) / (d * v)) @ centre / np.sqrt(v)
        dx[i] = (dy[i] * gamma) @ jacobian
        dgamma += dy[i] * c / np.sqrt(v)
    return {"dx": dx, "dgamma": dgamma, "dbeta": dy.sum(axis=0)}
