# diagnosis: no-custom-gradient
# loses: log1pexp-near, log1pexp-gradient
def log1pexp_tf(z):
    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))


def log1pexp_torch(z):
    return torch.clamp(z, min=0) + torch.log1p(torch.exp(-torch.abs(z)))
