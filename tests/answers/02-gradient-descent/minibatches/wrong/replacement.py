# diagnosis: repeated
# loses: minibatches-coverage
def minibatches(n, size, epochs, seed):
    rng, cuts = np.random.default_rng(seed), np.arange(size, n, size)
    return [np.split(rng.integers(n, size=n), cuts) for _ in range(epochs)]


def epoch_loss(losses, sizes):
    """Mean loss over all rows, from the mean of each batch."""
    return np.dot(losses, sizes) / np.sum(sizes)
