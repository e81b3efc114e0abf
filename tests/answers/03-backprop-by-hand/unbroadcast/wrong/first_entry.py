# diagnosis: copies-dropped
# loses: unbroadcast-missing, unbroadcast-ones, unbroadcast-every
# The copies' gradients are dropped instead of added.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g[0]
    return g[tuple(slice(0, n) for n in shape)]
