def trajectory(a, b, x0, lr, steps):
    x = torch.tensor(float(x0), dtype=torch.float64, requires_grad=True)
    points = []
    for _ in range(steps):
        (a * x**2 + b * x).backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
        points.append(x.item())
    return np.array(points)


def steps_needed(a, b, x0, lr, eps):
    """Halve an interval that holds the answer."""
    factor = np.abs(1 - 2 * a * lr)
    start = np.abs(x0 + b / (2 * a))
    if start < eps:
        return 0
    if factor >= 1:
        return -1
    low, high = 0, 1
    while start * factor**high >= eps:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if start * factor**middle < eps:
            high = middle
        else:
            low = middle
    return high
