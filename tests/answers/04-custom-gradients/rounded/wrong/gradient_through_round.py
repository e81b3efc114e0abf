# diagnosis: none, zero
# loses: rounded-captured, rounded-torch
class RoundedLinearTF:
    def __init__(self, w):
        self.w = tf.Variable(w)

    def __call__(self, x):
        return tf.matmul(x, tf.round(self.w))


def rounded_linear_torch(x, w):
    return x @ torch.round(w)
