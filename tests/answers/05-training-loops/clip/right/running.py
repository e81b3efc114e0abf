def accumulate(gradients, sizes):
    total, seen = {k: np.zeros_like(a) for k, a in gradients[0].items()}, 0
    for g, n in zip(gradients, sizes):
        seen += n
        for k in total:  # a running mean
            total[k] = total[k] + (g[k] - total[k]) * n / seen
    return total


def clip(gradients, limit):
    squares = 0.0
    for g in gradients.values():
        for x in np.nditer(g):
            squares += float(x) ** 2
    norm = squares**0.5
    scale = limit / max(norm, limit)
    return {k: scale * g for k, g in gradients.items()}, norm
