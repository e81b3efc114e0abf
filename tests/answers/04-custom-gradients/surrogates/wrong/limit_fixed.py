# diagnosis: none
# loses: surrogates-clip
# (Which code it gets depends on the numbers that are drawn.)
def clip_gradient_tf(x, limit):
    """x, with its gradient clipped to [-limit, limit]."""

    @tf.custom_gradient
    def op(x):
        def grad(dy):
            return tf.clip_by_value(dy, -1.0, 1.0)

        return tf.identity(x), grad

    return op(x)


def binarise_torch(x):
    """+1 or -1 by the sign of x, with a straight-through gradient."""

    class Binarise(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)

        @staticmethod
        def backward(ctx, dy):
            (x,) = ctx.saved_tensors
            return dy * (x.abs() <= 1)

    return Binarise.apply(x)
    ### END SOLUTION
