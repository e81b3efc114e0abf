# diagnosis: not-summed
# loses: unbroadcast-missing, unbroadcast-every
def unbroadcast(g, shape):
    ones = tuple(i for i, size in enumerate(shape) if size == 1)
    return g.sum(axis=ones, keepdims=True)
