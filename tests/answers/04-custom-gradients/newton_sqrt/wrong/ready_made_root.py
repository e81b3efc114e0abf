# diagnosis: converged
# loses: newton_sqrt-value, newton_sqrt-tf, newton_sqrt-torch
def newton_sqrt_tf(a, steps):
    return tf.sqrt(a)


def newton_sqrt_torch(a, steps):
    return torch.sqrt(a)
