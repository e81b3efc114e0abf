def minibatches(n, size, epochs, seed):
    """Rows sorted by random numbers."""
    keys = np.random.default_rng(seed).random((epochs, n))
    count = -(-n // size)
    return [
        [np.argsort(row)[k * size : (k + 1) * size] for k in range(count)]
        for row in keys
    ]


def epoch_loss(losses, sizes):
    weights = np.asarray(sizes) / np.sum(sizes)
    return float(np.sum(weights * np.asarray(losses)))
