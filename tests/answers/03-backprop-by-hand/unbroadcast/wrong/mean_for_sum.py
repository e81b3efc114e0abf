# diagnosis: factor
# loses: unbroadcast-missing, unbroadcast-ones, unbroadcast-every
def unbroadcast(g, shape):
    g = g.mean(axis=tuple(range(g.ndim - len(shape))))
    ones = tuple(i for i, size in enumerate(shape) if size == 1)
    return g.mean(axis=ones, keepdims=True)
