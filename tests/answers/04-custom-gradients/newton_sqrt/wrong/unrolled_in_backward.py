# diagnosis: unrolled
# loses: newton_sqrt-torch
def newton_sqrt_tf(a, steps):
    """Square root by Newton's method, with its implicit gradient, in TensorFlow."""

    @tf.custom_gradient
    def op(a):
        y = tf.ones_like(a)
        for _ in range(steps):
            y = (y + a / y) / 2

        def grad(dy):
            return dy / (2 * y)

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
            ctx.save_for_backward(a)
            ctx.steps = steps
            return y

        @staticmethod
        def backward(ctx, dy):
            (a,) = ctx.saved_tensors
            with torch.enable_grad():
                a = a.detach().requires_grad_()
                y = torch.ones_like(a)
                for _ in range(ctx.steps):
                    y = (y + a / y) / 2
            return torch.autograd.grad(y, a, dy)[0], None

    return NewtonSqrt.apply(a, steps)
    ### END SOLUTION
