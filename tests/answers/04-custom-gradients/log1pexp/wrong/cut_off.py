# diagnosis: imprecise
# loses: log1pexp-value, log1pexp-gradient
def log1pexp_tf(z):
    @tf.custom_gradient
    def op(z):
        e = tf.exp(tf.minimum(z, 20.0))
        return tf.where(
            z > 20, z, tf.math.log(1 + e)
        ), lambda dy: dy * (1 - 1 / (1 + e))

    return op(z)


class Cut(Function):
    @staticmethod
    def forward(ctx, z):
        e = torch.exp(torch.clamp(z, max=20.0))
        ctx.save_for_backward(e)
        return torch.where(z > 20, z, torch.log(1 + e))

    @staticmethod
    def backward(ctx, dy):
        (e,) = ctx.saved_tensors
        return dy * (1 - 1 / (1 + e))


log1pexp_torch = Cut.apply
