def linear_tf(x, w, b):
    """x @ w + b with its own gradient, in TensorFlow."""

    @tf.custom_gradient
    def op(x, w, b):
        def grad(dy):
            dx = tf.einsum("nm,dm->nd", dy, w)
            dw = tf.einsum("nd,nm->dm", x, dy)
            return dx, dw, tf.einsum("nm->m", dy)

        return tf.matmul(x, w) + b, grad

    return op(x, w, b)


def linear_torch(x, w, b):
    """x @ w + b with its own gradient, in PyTorch."""

    class Linear(Function):
        @staticmethod
        def forward(ctx, x, w, b):
            ctx.save_for_backward(x, w)
            return x @ w + b

        @staticmethod
        def backward(ctx, dy):
            x, w = ctx.saved_tensors
            return (
                torch.einsum("nm,dm->nd", dy, w),
                torch.einsum("nd,nm->dm", x, dy),
                torch.einsum("nm->m", dy),
            )

    return Linear.apply(x, w, b)
    ### END SOLUTION
