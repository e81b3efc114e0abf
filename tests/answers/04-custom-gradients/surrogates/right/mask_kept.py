def clip_gradient_tf(x, limit):
    def clipped(dy):
        dy = tf.where(dy > limit, limit * tf.ones_like(dy), dy)
        return tf.where(dy < -limit, -limit * tf.ones_like(dy), dy)

    return tf.custom_gradient(lambda x: (x + 0, clipped))(x)


class Hard(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.inside = (x >= -1) * (x <= 1)
        y = torch.sign(x)
        y[x == 0] = 1
        return y

    @staticmethod
    def backward(ctx, dy):
        dx = dy.clone()
        dx[~ctx.inside] = 0
        return dx


def binarise_torch(x):
    return Hard.apply(x)
