def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(0)
    for axis in range(len(shape)):
        if shape[axis] < g.shape[axis]:
            g = g.sum(axis, keepdims=True)
    return np.array(g)
