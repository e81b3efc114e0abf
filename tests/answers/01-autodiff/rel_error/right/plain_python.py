def rel_error(a, n):
    if a is None or n is None or np.shape(a) != np.shape(n):
        return np.inf
    pairs = [(float(p), float(q)) for p, q in zip(np.ravel(a), np.ravel(n))]
    if not all(abs(v) < np.inf for pair in pairs for v in pair):
        return np.inf
    top = max(abs(v) for pair in pairs for v in pair)
    gap = max(abs(p - q) for p, q in pairs)
    return 0.0 if gap == 0 else gap / top
