# diagnosis: reshape
# loses: unbroadcast-missing, unbroadcast-every
# The missing axes stay, with length 1.
def unbroadcast(g, shape):
    padded = (1,) * (g.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i, size in enumerate(padded) if size == 1)
    return g.sum(axis=axes, keepdims=True)
