# diagnosis: no-custom-gradient
# loses: mse-tf, mse-torch
def mse_tf(y, t):
    return tf.reduce_mean((y - t) ** 2)


def mse_torch(y, t):
    return torch.nn.functional.mse_loss(y, t)
