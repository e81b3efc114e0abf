# diagnosis: sizes
# loses: minibatches-sizes
# array_split makes the batches as equal as it can.
def minibatches(n, size, epochs, seed):
    rng = np.random.default_rng(seed)
    return [np.array_split(rng.permutation(n), -(-n // size)) for _ in range(epochs)]


def epoch_loss(losses, sizes):
    """Mean loss over all rows, from the mean of each batch."""
    return np.dot(losses, sizes) / np.sum(sizes)
