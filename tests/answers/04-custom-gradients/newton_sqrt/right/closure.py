def newton_sqrt_torch(a, steps):
    class Root(Function):
        @staticmethod
        def forward(ctx, a):
            y = torch.ones_like(a)
            for k in range(steps):
                y = 0.5 * y + 0.5 * a / y
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, dy):
            return dy / (ctx.saved_tensors[0] * 2)

    return Root.apply(a)


def newton_sqrt_tf(a, steps):
    def forward(a):
        y = tf.ones(a.shape, a.dtype)
        for k in range(steps):
            y = tf.divide(y + a / y, 2)
        return y, lambda dy: tf.divide(dy, 2 * y)

    return tf.custom_gradient(forward)(a)
