# diagnosis: repeated
# loses: minibatches-coverage
# No row twice in a batch, but twice in an epoch.
def minibatches(n, size, epochs, seed):
    rng, result = np.random.default_rng(seed), []
    for _ in range(epochs):
        sizes = [min(size, n - start) for start in range(0, n, size)]
        result.append([rng.choice(n, k, replace=False) for k in sizes])
    return result


def epoch_loss(losses, sizes):
    """Mean loss over all rows, from the mean of each batch."""
    return np.dot(losses, sizes) / np.sum(sizes)
