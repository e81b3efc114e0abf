# diagnosis: fixed-order
# loses: minibatches-order
# The same seed again in every epoch: the same order again.
def minibatches(n, size, epochs, seed):
    result = []
    for _ in range(epochs):
        order = np.random.default_rng(seed).permutation(n)
        result.append(np.split(order, np.arange(size, n, size)))
    return result


def epoch_loss(losses, sizes):
    """Mean loss over all rows, from the mean of each batch."""
    return np.dot(losses, sizes) / np.sum(sizes)
