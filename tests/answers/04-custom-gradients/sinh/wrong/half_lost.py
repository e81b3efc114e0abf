# diagnosis: factor
# loses: sinh-first, sinh-second_torch, sinh-second_tf
@tf.custom_gradient
def sinh_tf(x):
    return tf.exp(x) - tf.exp(-x), lambda dy: dy * (tf.exp(x) + tf.exp(-x))


class S(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.exp(x) - torch.exp(-x)

    @staticmethod
    def backward(ctx, dy):
        x = ctx.saved_tensors[0]
        return dy * (torch.exp(x) + torch.exp(-x))


sinh_torch = S.apply
