# diagnosis: fixed-order
# loses: minibatches-order
def minibatches(n, size, epochs, seed):
    order = np.random.default_rng(seed).permutation(n)
    return [np.split(order, np.arange(size, n, size)) for _ in range(epochs)]


def epoch_loss(losses, sizes):
    """Mean loss over all rows, from the mean of each batch."""
    return np.dot(losses, sizes) / np.sum(sizes)
