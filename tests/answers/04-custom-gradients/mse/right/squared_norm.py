def mse_tf(y, t):
    """Mean squared error with its own gradient, in TensorFlow."""

    @tf.custom_gradient
    def op(y, t):
        residual = y - t

        def grad(dy):
            slope = 2 * dy * residual / tf.cast(tf.size(residual), residual.dtype)
            return slope, -slope

        return tf.reduce_sum(residual * residual) / residual.shape.num_elements(), grad

    return op(y, t)


def mse_torch(y, t):
    """Mean squared error with its own gradient, in PyTorch."""

    class MeanSquare(Function):
        @staticmethod
        def forward(ctx, y, t):
            ctx.save_for_backward(y, t)
            return torch.dot((y - t).ravel(), (y - t).ravel()) / y.numel()

        @staticmethod
        def backward(ctx, dy):
            y, t = ctx.saved_tensors
            slope = 2 * dy * (y - t) / y.numel()
            return slope, -slope

    return MeanSquare.apply(y, t)
    ### END SOLUTION
