def sinh_tf(x):
    @tf.custom_gradient
    def op(x):
        c = tf.cosh(x)
        return tf.sinh(x), lambda dy: dy * c

    return op(x)


class SinhAndCosh(Function):
    """The intermediate as an output keeps its history."""

    @staticmethod
    def forward(ctx, x):
        s, c = torch.sinh(x), torch.cosh(x)
        ctx.save_for_backward(s, c)
        return s, c

    @staticmethod
    def backward(ctx, ds, dc):
        s, c = ctx.saved_tensors
        return ds * c + dc * s


def sinh_torch(x):
    return SinhAndCosh.apply(x)[0]
