# diagnosis: unrolled
# loses: newton_sqrt-tf, newton_sqrt-torch
def newton_sqrt_tf(a, steps):
    y = tf.ones_like(a)
    for _ in range(steps):
        y = (y + a / y) / 2
    return y


def newton_sqrt_torch(a, steps):
    y = torch.ones_like(a)
    for _ in range(steps):
        y = (y + a / y) / 2
    return y
