# diagnosis: sign
# loses: mse-tf, mse-torch
# The gradient for t comes first.
@tf.custom_gradient
def mse_tf(y, t):
    error = y - t
    n = tf.cast(tf.size(y), y.dtype)

    def grad(dy):
        slope = dy * 2 * error / n
        return -slope, slope

    return tf.reduce_mean(error**2), grad


class MeanSquares(Function):
    @staticmethod
    def forward(ctx, y, t):
        ctx.save_for_backward(y, t)
        return ((y - t) ** 2).mean()

    @staticmethod
    def backward(ctx, dy):
        y, t = ctx.saved_tensors
        slope = dy * 2 * (y - t) / y.numel()
        return -slope, slope


def mse_torch(y, t):
    return MeanSquares.apply(y, t)
