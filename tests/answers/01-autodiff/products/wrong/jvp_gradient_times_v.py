# diagnosis: entry-by-entry
# loses: products-jvp
def jvp(f, x, v):
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x) * v


def vjp(f, x, u):
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x, output_gradients=tf.constant(u)).numpy()


def hvp(g, x, v):
    return torch.autograd.functional.hvp(g, torch.tensor(x), torch.tensor(v))[1]
