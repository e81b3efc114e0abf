# diagnosis: wrong-axis
# loses: linear-tf
def linear_tf(x, w, b):
    """x @ w + b with its own gradient, in TensorFlow."""

    @tf.custom_gradient
    def op(x, w, b):
        def grad(dy):
            dx = tf.matmul(dy, w, transpose_b=True)
            dw = tf.matmul(x, dy, transpose_a=True)
            return dx, dw, tf.reduce_sum(dy, axis=1)

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
            return dy @ w.T, x.T @ dy, dy.sum(dim=0)

    return Linear.apply(x, w, b)
    ### END SOLUTION
