# diagnosis: imprecise, input-changed
# loses: numeric_grad-values, numeric_grad-integers, numeric_grad-untouched
def numeric_grad(f, x):
    wide = np.asarray(x, dtype=float)
    slopes = np.zeros(wide.shape)
    for i in np.ndindex(wide.shape):
        here = wide[i]
        h = 6e-6 * max(1.0, abs(here))
        wide[i] = here + h
        above = f(wide)
        wide[i] = here - h
        below = f(wide)
        slopes[i] = (above - below) / (2 * h)
    return slopes
