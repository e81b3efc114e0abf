# diagnosis: after
# loses: clip-long
def accumulate(gradients, sizes):
    """The gradient over all rows from the batches' gradients."""
    rows = sum(sizes)
    return {
        name: sum(count * g[name] for count, g in zip(sizes, gradients)) / rows
        for name in gradients[0]
    }


def clip(gradients, limit):
    """Gradients of at most this norm, and the norm before."""
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients.values()))
    shrink = limit / norm if norm > limit else 1.0
    return {name: shrink * g for name, g in gradients.items()}, min(norm, limit)
