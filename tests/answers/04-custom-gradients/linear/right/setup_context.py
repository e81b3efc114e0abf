def linear_tf(x, w, b):
    @tf.custom_gradient
    def op(*inputs):
        a, c, _ = inputs
        return tf.tensordot(a, c, 1) + inputs[2], lambda dy: (
            dy @ tf.transpose(c),
            tf.transpose(a) @ dy,
            tf.reduce_sum(dy, 0),
        )

    return op(x, w, b)


class _Linear(Function):
    @staticmethod
    def forward(x, w, b):
        return torch.addmm(b, x, w)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs[:2])

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        return dy @ w.t(), (dy.t() @ x).t(), dy.sum(0)


def linear_torch(x, w, b):
    return _Linear.apply(x, w, b)
