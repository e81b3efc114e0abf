# diagnosis: none
# loses: rounded-captured
class RoundedLinearTF:
    """Multiplies by rounded weights; its gradient reaches the weights all the same."""

    def __init__(self, w):
        self.w = tf.Variable(w)

    def __call__(self, x):
        @tf.custom_gradient
        def op(x):
            whole = tf.round(self.w.numpy())

            def grad(dy):
                dx = tf.matmul(dy, whole, transpose_b=True)
                return dx

            return tf.matmul(x, whole), grad

        return op(x)


def rounded_linear_torch(x, w):
    """x @ round(w), with a straight-through gradient for w."""

    class RoundedLinear(Function):
        @staticmethod
        def forward(ctx, x, w):
            whole = torch.round(w)
            ctx.save_for_backward(x, whole)
            return x @ whole

        @staticmethod
        def backward(ctx, dy):
            x, whole = ctx.saved_tensors
            for_x, for_w = ctx.needs_input_grad
            return dy @ whole.T if for_x else None, x.T @ dy if for_w else None

    return RoundedLinear.apply(x, w)
    ### END SOLUTION
