# diagnosis: sum-for-mean
# loses: layer_norm-dx
def layer_norm_backward(dy, x, gamma, eps):
    scale = 1 / np.sqrt(x.var(axis=1, keepdims=True) + eps)
    x_hat = (x - x.mean(axis=1, keepdims=True)) * scale
    g = gamma * dy
    mean = g.sum(axis=1, keepdims=True)
    along = (g * x_hat).sum(axis=1, keepdims=True)
    return {
        "dx": scale * (g - mean - x_hat * along),
        "dgamma": (dy * x_hat).sum(axis=0),
        "dbeta": dy.sum(axis=0),
    }
