# diagnosis: row-sum
# loses: products-vjp
def jvp(f, x, v):
    x = tf.constant(x)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(v)) as forward:
        y = f(x)
    return forward.jvp(y).numpy()


def vjp(f, x, u):
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = f(x)
    return tf.reduce_sum(tape.jacobian(y, x), axis=1)


def hvp(g, x, v):
    return torch.autograd.functional.hvp(g, torch.tensor(x), torch.tensor(v))[1]
