def log1pexp_tf(z):
    @tf.custom_gradient
    def op(z):
        size = tf.abs(z)
        value = (z + size) / 2 + tf.math.log1p(tf.exp(-size))
        return value, lambda up: up * tf.exp(z - value)

    return op(z)


class SoftMax0(Function):
    @staticmethod
    def forward(ctx, z):
        value = (z + z.abs()) / 2 + torch.log1p(torch.exp(-z.abs()))
        ctx.save_for_backward(z, value)
        return value

    @staticmethod
    def backward(ctx, up):
        z, value = ctx.saved_tensors
        return up * torch.exp(z - value)


log1pexp_torch = SoftMax0.apply
