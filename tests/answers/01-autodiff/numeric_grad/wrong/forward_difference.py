# diagnosis: imprecise
# loses: numeric_grad-values, numeric_grad-integers
def numeric_grad(f, x):
    wide = np.array(x, dtype=float)
    slopes = np.zeros(wide.shape)
    for i in np.ndindex(wide.shape):
        here = wide[i]
        h = 1e-7 * max(1.0, abs(here))
        wide[i] = here + h
        above = f(wide)
        wide[i] = here
        below = f(wide)
        slopes[i] = (above - below) / h
    return slopes
