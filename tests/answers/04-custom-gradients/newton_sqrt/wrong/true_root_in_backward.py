# diagnosis: converged
# loses: newton_sqrt-tf, newton_sqrt-torch
def newton_sqrt_tf(a, steps):
    """Square root by Newton's method, with its implicit gradient, in TensorFlow."""

    @tf.custom_gradient
    def op(a):
        y = tf.ones_like(a)
        for _ in range(steps):
            y = (y + a / y) / 2

        def grad(dy):
            return dy / (2 * tf.sqrt(a))

        return y, grad

    return op(a)


def newton_sqrt_torch(a, steps):
    """Square root by Newton's method, with its implicit gradient, in PyTorch."""

    class NewtonSqrt(Function):
        @staticmethod
        def forward(ctx, a, steps):
            y = torch.ones_like(a)
            for _ in range(steps):
                y = (y + a / y) / 2
            ctx.save_for_backward(torch.sqrt(a))
            return y

        @staticmethod
        def backward(ctx, dy):
            (y,) = ctx.saved_tensors
            return dy / (2 * y), None

    return NewtonSqrt.apply(a, steps)
    ### END SOLUTION
