def unbroadcast(g, shape):
    total = np.zeros(shape)
    for index in np.ndindex(g.shape):
        tail = index[len(index) - len(shape):]
        total[tuple(i if n > 1 else 0 for i, n in zip(tail, shape))] += g[index]
    return total
