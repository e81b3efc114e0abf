def trajectory(a, b, x0, lr, steps):
    x = tf.Variable(x0, dtype=tf.float64)
    points = []
    while len(points) < steps:
        with tf.GradientTape() as tape:
            y = a * x * x + b * x
        x.assign_sub(lr * tape.gradient(y, x))
        points.append(x.numpy())
    return points


def steps_needed(a, b, x0, lr, eps):
    away = abs(x0 - -b / (2 * a))
    factor = abs(1 - 2 * a * lr)
    if away < eps:
        return np.int64(0)
    if factor >= 1:
        return np.int64(-1)
    with np.errstate(divide="ignore"):
        k = np.log(eps / away) / np.log(factor)
    return np.int64(np.floor(k) + 1)
