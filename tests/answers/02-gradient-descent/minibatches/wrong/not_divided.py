# diagnosis: sum-not-mean
# loses: minibatches-weights
def minibatches(n, size, epochs, seed):
    """For each epoch a list of integer arrays: the rows of each batch."""
    generator = np.random.default_rng(seed)
    cuts = np.arange(size, n, size)
    return [np.split(generator.permutation(n), cuts) for _ in range(epochs)]


def epoch_loss(losses, sizes):
    """Mean loss over all rows, from the mean of each batch."""
    return np.dot(losses, sizes)
