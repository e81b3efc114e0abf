# diagnosis: sign
# loses: rel_error-values, rel_error-zeros
def rel_error(a, n):
    if a is None or n is None:
        return np.inf
    a, n = np.asarray(a, float), np.asarray(n, float)
    if a.shape != n.shape:
        return np.inf
    if not np.all(np.isfinite(a)) or not np.all(np.isfinite(n)):
        return np.inf
    top = max(np.max(np.abs(a)), np.max(np.abs(n)))
    if top == 0:
        return 0.0
    return np.max(a - n) / top
