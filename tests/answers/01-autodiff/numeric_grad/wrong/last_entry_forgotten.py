# diagnosis: some-entries
# loses: numeric_grad-values, numeric_grad-integers, numeric_grad-precision
def numeric_grad(f, x):
    wide = np.array(x, dtype=float)
    slopes = np.zeros(wide.shape)
    for i in list(np.ndindex(wide.shape))[:-1]:
        here = wide[i]
        h = 6e-6 * max(1.0, abs(here))
        wide[i] = here + h
        above = f(wide)
        wide[i] = here - h
        below = f(wide)
        wide[i] = here
        slopes[i] = (above - below) / (2 * h)
    return slopes
