# diagnosis: entry-by-entry
# loses: rel_error-values
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
    scale = np.maximum(np.abs(a), np.abs(n))
    return np.max(np.abs(a - n) / np.where(scale == 0, 1, scale))
