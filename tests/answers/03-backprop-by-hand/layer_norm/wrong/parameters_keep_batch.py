# diagnosis: not-summed
# loses: layer_norm-parameters
def layer_norm_backward(dy, x, gamma, eps):
    scale = 1 / np.sqrt(x.var(axis=1, keepdims=True) + eps)
    x_hat = (x - x.mean(axis=1, keepdims=True)) * scale
    g = gamma * dy
    mean = g.mean(axis=1, keepdims=True)
    along = (g * x_hat).mean(axis=1, keepdims=True)
    return {
        "dx": scale * (g - mean - x_hat * along),
        "dgamma": dy * x_hat,
        "dbeta": dy,
    }
