# diagnosis: left-out
# loses: minibatches-coverage, minibatches-sizes
# Stops one batch early when size divides n.
def minibatches(n, size, epochs, seed):
    rng, result = np.random.default_rng(seed), []
    for _ in range(epochs):
        order = rng.permutation(n)
        result.append([order[i : i + size] for i in range(0, n - 1, size)])
    return result


def epoch_loss(losses, sizes):
    """Mean loss over all rows, from the mean of each batch."""
    return np.dot(losses, sizes) / np.sum(sizes)
