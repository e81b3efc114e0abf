def clip_gradient_tf(x, limit):
    @tf.custom_gradient
    def op(x):
        return tf.identity(x), lambda dy: tf.sign(dy) * tf.minimum(tf.abs(dy), limit)

    return op(x)


def binarise_torch(x):
    """Without a Function: the line's gradient, the step's value."""
    line = torch.where(x.abs() <= 1, x, x.detach())
    step = torch.where(x >= 0, torch.ones_like(x), -torch.ones_like(x))
    return line + (step - line).detach()
