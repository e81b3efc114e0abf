def trajectory(a, b, x0, lr, steps):
    k = np.arange(1, steps + 1)
    goal = -b / (2 * a)
    return goal + (x0 - goal) * (1 - 2 * a * lr) ** k


def steps_needed(a, b, x0, lr, eps):
    gap, factor = abs(x0 + b / a / 2), abs(1 - 2 * a * lr)
    if gap < eps:
        return 0
    if factor >= 1 or lr == 0:
        return -1
    if factor == 0:
        return 1
    k = int(np.log(eps / gap) / np.log1p(-(1 - factor)))
    while gap * factor**k >= eps:
        k += 1
    return k
