def rel_error(a, n):
    error = float("inf")
    usable = a is not None and n is not None and np.shape(a) == np.shape(n)
    if usable and np.isfinite(a).all() and np.isfinite(n).all():
        both = np.stack([a, n]).astype(float)
        gap, top = np.ptp(both, axis=0).max(), np.abs(both).max()
        error = gap / top if top else 0.0
    return error
