# diagnosis: none
# loses: products-hvp
# The first gradient is not recorded, so there is nothing to differentiate.
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
    x = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(g(x), x)
    return torch.autograd.grad(slope @ torch.tensor(v), x)[0]
