# diagnosis: row-sum
# loses: products-hvp
def jvp(f, x, v):
    x = tf.constant(x)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(v)) as forward:
        y = f(x)
    return forward.jvp(y).numpy()


def vjp(f, x, u):
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x, output_gradients=tf.constant(u)).numpy()


def hvp(g, x, v):
    return torch.autograd.functional.hvp(
        g, torch.tensor(x), torch.ones(len(x), dtype=torch.float64)
    )[1]
