# diagnosis: none
# loses: surrogates-binarise
def clip_gradient_tf(x, limit):
    """x, with its gradient clipped to [-limit, limit]."""

    @tf.custom_gradient
    def op(x):
        def grad(dy):
            return tf.clip_by_value(dy, -limit, limit)

        return tf.identity(x), grad

    return op(x)


def binarise_torch(x):
    return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
