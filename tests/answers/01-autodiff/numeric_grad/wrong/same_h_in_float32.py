# diagnosis: float32-step
# loses: numeric_grad-precision
def numeric_grad(f, x):
    x = np.asarray(x)
    if x.dtype.kind == "i":
        x = x.astype(float)
    slopes = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        h = 6e-6 * max(1.0, abs(x[i]))
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        slopes[i] = (f(up) - f(down)) / (2 * h)
    return slopes
