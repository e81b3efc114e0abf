def sinh_tf(x):
    """sinh, entry by entry, twice differentiable, in TensorFlow."""

    @tf.custom_gradient
    def op(x):
        y = tf.sinh(x)

        def grad(dy):
            return dy * tf.sqrt(1 + y**2)

        return y, grad

    return op(x)


def sinh_torch(x):
    """sinh, entry by entry, twice differentiable, in PyTorch."""

    class Sinh(Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sinh(x)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, dy):
            (y,) = ctx.saved_tensors
            return dy * torch.sqrt(1 + y**2)

    return Sinh.apply(x)
    ### END SOLUTION
