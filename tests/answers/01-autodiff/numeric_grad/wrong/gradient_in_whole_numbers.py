# diagnosis: dtype
# loses: numeric_grad-integers
# The array made like x holds whole numbers when x does.
def numeric_grad(f, x):
    wide = np.array(x, dtype=float)
    slopes = np.zeros_like(x)
    for i in np.ndindex(wide.shape):
        here = wide[i]
        h = 6e-6 * max(1.0, abs(here))
        wide[i] = here + h
        above = f(wide)
        wide[i] = here - h
        below = f(wide)
        wide[i] = here
        slopes[i] = float((above - below) / (2 * h))
    return slopes
