def _search(a, steps):
    if steps == 0:
        return 0 * a + 1
    y = _search(a, steps - 1)
    return y - (y * y - a) / (2 * y)


def newton_sqrt_tf(a, steps):
    @tf.custom_gradient
    def op(a):
        y = _search(a, steps)
        return y, lambda dy: 0.5 * dy / y

    return op(a)


class Root(Function):
    @staticmethod
    def forward(ctx, a, steps):
        y = _search(a, steps)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, dy):
        (y,) = ctx.saved_tensors
        return dy * y.reciprocal() * 0.5, None


def newton_sqrt_torch(a, steps):
    return Root.apply(a, steps)
