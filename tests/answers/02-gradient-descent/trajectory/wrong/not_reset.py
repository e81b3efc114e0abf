# diagnosis: accumulated
# loses: trajectory-path
# The gradient is added to the ones before it: no zero_().
def trajectory(a, b, x0, lr, steps):
    x = torch.tensor(float(x0), dtype=torch.float64, requires_grad=True)
    points = []
    for _ in range(steps):
        (a * x**2 + b * x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        points.append(x.item())
    return np.array(points)


def steps_needed(a, b, x0, lr, eps):
    """The first k with |x_k - minimum| < eps, or -1."""
    away, ratio = abs(x0 + b / (2 * a)), abs(1 - 2 * a * lr)
    if away < eps:
        return 0
    if ratio >= 1:
        return -1
    with np.errstate(divide="ignore"):  # the perfect rate: the logarithm is -inf
        return int(np.floor(np.log(eps / away) / np.log(ratio))) + 1
