@tf.custom_gradient
def mse_tf(y, t):
    flat_y, flat_t = tf.reshape(y, [-1]), tf.reshape(t, [-1])
    n = len(flat_y)
    total = sum((flat_y[i] - flat_t[i]) ** 2 for i in range(n)) / n

    def grad(dy):
        dy_dt = tf.stack([2 * dy * (flat_y[i] - flat_t[i]) / n for i in range(n)])
        dy_dt = tf.reshape(dy_dt, y.shape)
        return dy_dt, -dy_dt

    return total, grad


class MeanOfSquares(Function):
    @staticmethod
    def forward(ctx, y, t):
        ctx.save_for_backward(y, t)
        return torch.mean(torch.square(t - y))

    @staticmethod
    def backward(ctx, dy):
        y, t = ctx.saved_tensors
        first = torch.empty_like(y)
        for i in np.ndindex(tuple(y.shape)):
            first[i] = dy * (y[i] - t[i]) / y.numel() * 2
        return first, first.neg()


def mse_torch(y, t):
    return MeanOfSquares.apply(y, t)
