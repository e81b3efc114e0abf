# diagnosis: cut-off
# loses: numeric_grad-integers
# here - h is cut off to the whole number below.
def numeric_grad(f, x):
    x = np.array(x)
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        here = x[i]
        eps = np.finfo(x.dtype).eps if x.dtype.kind == "f" else 2e-16
        h = eps ** (1 / 3) * max(1.0, abs(here))
        x[i] = here + h
        above = f(x)
        x[i] = here - h
        below = f(x)
        x[i] = here
        slopes[i] = (above - below) / (2 * h)
    return slopes
