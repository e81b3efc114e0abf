# diagnosis: inf
# loses: log1pexp-value, log1pexp-gradient
@tf.custom_gradient
def log1pexp_tf(z):
    e = tf.exp(z)

    def grad(dy):
        return dy * (1 - 1 / (1 + e))

    return tf.math.log1p(e), grad


class Doc(Function):
    @staticmethod
    def forward(ctx, z):
        e = torch.exp(z)
        ctx.save_for_backward(e)
        return torch.log1p(e)

    @staticmethod
    def backward(ctx, dy):
        (e,) = ctx.saved_tensors
        return dy * (1 - 1 / (1 + e))


log1pexp_torch = Doc.apply
