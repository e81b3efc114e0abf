# diagnosis: no-custom-gradient
# loses: linear-tf, linear-torch
def linear_tf(x, w, b):
    return tf.matmul(x, w) + b


def linear_torch(x, w, b):
    return x @ w + b
