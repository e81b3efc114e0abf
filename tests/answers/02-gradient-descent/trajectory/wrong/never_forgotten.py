# diagnosis: special-case
# loses: trajectory-special
# Answers for a run that never arrives.
def trajectory(a, b, x0, lr, steps):
    """The points after step 1, ..., steps."""
    points = np.empty(steps)
    x = x0
    for k in range(steps):
        x = x - lr * (2 * a * x + b)
        points[k] = x
    return points


def steps_needed(a, b, x0, lr, eps):
    """The first k with |x_k - minimum| < eps, or -1."""
    away, ratio = abs(x0 + b / (2 * a)), abs(1 - 2 * a * lr)
    if away < eps:
        return 0
    with np.errstate(divide="ignore"):  # the perfect rate: the logarithm is -inf
        return int(np.floor(np.log(eps / away) / np.log(ratio))) + 1
