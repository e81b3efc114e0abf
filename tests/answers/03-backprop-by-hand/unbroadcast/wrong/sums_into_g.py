# diagnosis: input-changed
# loses: unbroadcast-ones, unbroadcast-every
# Right numbers, but the caller's array is changed.
def unbroadcast(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape)))) if g.ndim > len(shape) else g
    for axis, size in enumerate(shape):
        if size == 1:
            g[...] = g.sum(axis=axis, keepdims=True)
            g = g.take([0], axis=axis)
    return g
