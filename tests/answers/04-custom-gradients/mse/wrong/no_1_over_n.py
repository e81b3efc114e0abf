# diagnosis: sum-not-mean
# loses: mse-tf, mse-torch
def mse_tf(y, t):
    """Mean squared error with its own gradient, in TensorFlow."""

    @tf.custom_gradient
    def op(y, t):
        residual = y - t

        def grad(dy):
            slope = 2 * dy * residual
            return slope, -slope

        return tf.reduce_mean(residual**2), grad

    return op(y, t)


def mse_torch(y, t):
    """Mean squared error with its own gradient, in PyTorch."""

    class MeanSquare(Function):
        @staticmethod
        def forward(ctx, y, t):
            ctx.save_for_backward(y, t)
            return ((y - t) ** 2).mean()

        @staticmethod
        def backward(ctx, dy):
            y, t = ctx.saved_tensors
            slope = 2 * dy * (y - t)
            return slope, -slope

    return MeanSquare.apply(y, t)
    ### END SOLUTION
