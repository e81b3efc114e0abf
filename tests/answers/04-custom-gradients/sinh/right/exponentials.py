@tf.custom_gradient
def sinh_tf(x):
    up, down = tf.exp(x), tf.exp(-x)
    return (up - down) / 2, lambda dy: dy * (up + down) / 2


class S(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (torch.exp(x) - torch.exp(-x)) / 2

    @staticmethod
    def backward(ctx, dy):
        x = ctx.saved_tensors[0]
        return dy * (torch.exp(x) + torch.exp(-x)) / 2


sinh_torch = S.apply
