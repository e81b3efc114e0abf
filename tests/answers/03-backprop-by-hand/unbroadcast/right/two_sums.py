def unbroadcast(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    ones = tuple(i for i, size in enumerate(shape) if size == 1)
    return g.sum(axis=ones, keepdims=True)
