# diagnosis: unexplained
# loses: newton_sqrt-tf, newton_sqrt-torch
def newton_sqrt_tf(a, steps):
    """Only the last step is recorded."""
    y = tf.ones_like(a)
    for _ in range(steps):
        y = tf.stop_gradient(y)
        y = (y + a / y) / 2
    return y


def newton_sqrt_torch(a, steps):
    y = torch.ones_like(a)
    for _ in range(steps):
        y = y.detach()
        y = (y + a / y) / 2
    return y
