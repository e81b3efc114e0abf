class RoundedLinearTF:
    def __init__(self, w):
        self.w = tf.Variable(w)
        self.op = tf.custom_gradient(self.run)

    def run(self, x):
        whole = tf.round(self.w)

        def grad(dy, variables=None):
            assert len(variables) == 1
            return tf.einsum("nm,dm->nd", dy, whole), [tf.einsum("nd,nm->dm", x, dy)]

        return tf.einsum("nd,dm->nm", x, whole), grad

    def __call__(self, x):
        return self.op(x)


class _Rounded(Function):
    @staticmethod
    def forward(x, w):
        return x @ w.round()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        return dy @ w.round().T, x.T @ dy


def rounded_linear_torch(x, w):
    return _Rounded.apply(x, w)
