# diagnosis: not-summed
# loses: unbroadcast-ones, unbroadcast-every
def unbroadcast(g, shape):
    return g.sum(axis=tuple(range(g.ndim - len(shape))))
