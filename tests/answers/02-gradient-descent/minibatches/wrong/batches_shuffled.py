# diagnosis: fixed-batches
# loses: minibatches-order
# Only the order of the batches changes from epoch to epoch.
def minibatches(n, size, epochs, seed):
    rng = np.random.default_rng(seed)
    full = n // size * size
    order = rng.permutation(n)
    result = []
    for _ in range(epochs):
        blocks = rng.permutation(order[:full].reshape(-1, size))
        rest = [order[full:]] if full < n else []
        result.append([*blocks, *rest])
    return result


def epoch_loss(losses, sizes):
    """Mean loss over all rows, from the mean of each batch."""
    return np.dot(losses, sizes) / np.sum(sizes)
