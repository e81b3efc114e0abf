# diagnosis: none
# loses: rounded-torch
class RoundedLinearTF:
    """Multiplies by rounded weights; its gradient reaches the weights all the same."""

    def __init__(self, w):
        self.w = tf.Variable(w)

    def __call__(self, x):
        @tf.custom_gradient
        def op(x):
            whole = tf.round(self.w)

            def grad(dy, variables=None):
                dx = tf.matmul(dy, whole, transpose_b=True)
                return dx, [tf.matmul(x, dy, transpose_a=True)]

            return tf.matmul(x, whole), grad

        return op(x)


def rounded_linear_torch(x, w):
    whole = torch.round(w)

    class RoundedLinear(Function):
        @staticmethod
        def forward(ctx, x):
            return x @ whole

        @staticmethod
        def backward(ctx, dy):
            return dy @ whole.T

    return RoundedLinear.apply(x)
