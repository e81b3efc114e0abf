def jvp(f, x, v):
    """The gradient by u of (J^T u) . v is J v."""
    x = tf.constant(x)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        u = tf.ones_like(y)
        outer.watch(u)
        back = inner.gradient(y, x, output_gradients=u)
    return outer.gradient(back, u, output_gradients=tf.constant(v))


def vjp(f, x, u):
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(f(x) * u)
    return tape.gradient(total, x)


def hvp(g, x, v):
    slope = torch.func.grad(g)
    return torch.func.jvp(slope, (torch.tensor(x),), (torch.tensor(v),))[1]
