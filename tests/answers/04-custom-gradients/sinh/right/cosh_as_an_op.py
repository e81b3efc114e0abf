class Cosh(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.cosh(x)

    @staticmethod
    def backward(ctx, dy):
        return dy * Sinh.apply(ctx.saved_tensors[0])


class Sinh(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sinh(x)

    @staticmethod
    def backward(ctx, dy):
        return dy * Cosh.apply(ctx.saved_tensors[0])


def sinh_torch(x):
    return Sinh.apply(x)


@tf.custom_gradient
def cosh_tf(x):
    return tf.cosh(x), lambda dy: dy * tf.sinh(x)


@tf.custom_gradient
def sinh_tf(x):
    return tf.sinh(x), lambda dy: dy * cosh_tf(x)
