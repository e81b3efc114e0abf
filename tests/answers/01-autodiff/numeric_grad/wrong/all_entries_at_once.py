# diagnosis: over-summed
# loses: numeric_grad-values, numeric_grad-integers, numeric_grad-precision
def numeric_grad(f, x):
    x = np.asarray(x, dtype=float)
    h = 6e-6 * max(1.0, np.abs(x).max())
    return (f(x + h) - f(x - h)) / (2 * h)
