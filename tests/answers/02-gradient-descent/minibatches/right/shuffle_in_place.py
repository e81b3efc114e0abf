def minibatches(n, size, epochs, seed):
    rng, rows, result = np.random.default_rng(seed), np.arange(n), []
    for _ in range(epochs):
        rng.shuffle(rows)
        batches, start = [], 0
        while start < n:
            batches.append(rows[start : start + size].copy())
            start += size
        result.append(batches)
    return result


def epoch_loss(losses, sizes):
    total = rows = 0
    for loss, size in zip(losses, sizes):
        total += loss * size
        rows += size
    return total / rows
