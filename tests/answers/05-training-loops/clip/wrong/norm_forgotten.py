# diagnosis: structure
# loses: clip-long, clip-short
# Only the clipped gradients come back, without the norm.
def accumulate(gradients, sizes):
    n = sum(sizes)
    return {
        k: sum(size * part[k] for part, size in zip(gradients, sizes)) / n
        for k in gradients[0]
    }


def clip(gradients, limit):
    norm = np.sqrt(sum((a**2).sum() for a in gradients.values()))
    factor = min(1.0, limit / norm) if norm > 0 else 1.0
    return {k: factor * a for k, a in gradients.items()}
