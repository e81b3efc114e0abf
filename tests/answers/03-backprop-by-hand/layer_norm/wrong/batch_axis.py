# diagnosis: batch-axis
# loses: layer_norm-dx, layer_norm-parameters
# Batch normalisation, copied.
def layer_norm_backward(dy, x, gamma, eps):
    scale = 1 / np.sqrt(x.var(axis=0, keepdims=True) + eps)
    x_hat = (x - x.mean(axis=0, keepdims=True)) * scale
    g = gamma * dy
    mean = g.mean(axis=0, keepdims=True)
    along = (g * x_hat).mean(axis=0, keepdims=True)
    return {
        "dx": scale * (g - mean - x_hat * along),
        "dgamma": (dy * x_hat).sum(axis=0),
        "dbeta": dy.sum(axis=0),
    }
