# diagnosis: factor
# loses: log1pexp-value
def log1pexp_tf(z):
    """ln(1 + exp(z)), entry by entry, with its own gradient, in TensorFlow."""

    @tf.custom_gradient
    def op(z):
        small = tf.exp(-tf.abs(z))

        def grad(dy):
            return dy * tf.where(z >= 0, 1 / (1 + small), small / (1 + small))

        return tf.clip_by_value(z, 0.0, 50.0) + tf.math.log1p(small), grad

    return op(z)


def log1pexp_torch(z):
    """ln(1 + exp(z)), entry by entry, with its own gradient, in PyTorch."""

    class Log1pExp(Function):
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return torch.clamp(z, min=0) + torch.log1p(torch.exp(-torch.abs(z)))

        @staticmethod
        def backward(ctx, dy):
            (z,) = ctx.saved_tensors
            return dy * torch.sigmoid(z)

    return Log1pExp.apply(z)
    ### END SOLUTION
