# diagnosis: not-shuffled
# loses: minibatches-order
# Every batch is shuffled, and always holds the same neighbours.
def minibatches(n, size, epochs, seed):
    rng, cuts = np.random.default_rng(seed), np.arange(size, n, size)
    return [
        [rng.permutation(batch) for batch in np.split(np.arange(n), cuts)]
        for _ in range(epochs)
    ]


def epoch_loss(losses, sizes):
    """Mean loss over all rows, from the mean of each batch."""
    return np.dot(losses, sizes) / np.sum(sizes)
