def early_stop(losses, patience):
    clean = np.nan_to_num(np.asarray(losses, dtype=float), nan=np.inf)
    lowest = np.minimum.accumulate(clean)
    fresh = np.append(True, lowest[1:] < lowest[:-1])
    latest = np.maximum.accumulate(np.where(fresh, np.arange(len(clean)), 0))
    late = np.flatnonzero(np.arange(len(clean)) - latest >= patience)
    stop = late[0] if len(late) else len(clean) - 1
    return np.array([stop, latest[stop]])
