class RoundedLinearTF:
    """The same without a custom gradient."""

    def __init__(self, w):
        self.w = tf.Variable(w)

    def __call__(self, x):
        return x @ (self.w + tf.stop_gradient(tf.round(self.w) - self.w))


def rounded_linear_torch(x, w):
    return x @ (w + (torch.round(w) - w).detach())
