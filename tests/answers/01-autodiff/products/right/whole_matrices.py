def jacobian(f, x):
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = f(x)
    return tape.jacobian(y, x)


def jvp(f, x, v):
    return tf.linalg.matvec(jacobian(f, x), v)


def vjp(f, x, u):
    return tf.linalg.matvec(jacobian(f, x), u, transpose_a=True)


def hvp(g, x, v):
    return torch.func.hessian(g)(torch.tensor(x)) @ torch.tensor(v)
