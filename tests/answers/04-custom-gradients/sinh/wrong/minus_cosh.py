# diagnosis: sign
# loses: sinh-first, sinh-second_torch
def sinh_tf(x):
    """sinh, entry by entry, twice differentiable, in TensorFlow."""

    @tf.custom_gradient
    def op(x):
        def grad(dy):
            return dy * tf.cosh(x)

        return tf.sinh(x), grad

    return op(x)


def sinh_torch(x):
    """sinh, entry by entry, twice differentiable, in PyTorch."""

    class Sinh(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.sinh(x)

        @staticmethod
        def backward(ctx, dy):
            (x,) = ctx.saved_tensors
            return -dy * torch.cosh(x)

    return Sinh.apply(x)
    ### END SOLUTION
