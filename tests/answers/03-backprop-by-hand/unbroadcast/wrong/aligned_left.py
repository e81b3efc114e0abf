# diagnosis: over-summed
# loses: unbroadcast-missing, unbroadcast-every
# Trailing axes are summed instead of leading ones.
def unbroadcast(g, shape):
    g = g.sum(axis=tuple(range(len(shape), g.ndim)))
    ones = tuple(i for i, size in enumerate(shape) if size == 1)
    return g.sum(axis=ones, keepdims=True)
