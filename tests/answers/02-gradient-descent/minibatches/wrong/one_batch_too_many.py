# diagnosis: empty
# loses: minibatches-sizes
def minibatches(n, size, epochs, seed):
    rng, result = np.random.default_rng(seed), []
    for _ in range(epochs):
        order = rng.permutation(n)
        result.append([order[k * size : (k + 1) * size] for k in range(n // size + 1)])
    return result


def epoch_loss(losses, sizes):
    """Mean loss over all rows, from the mean of each batch."""
    return np.dot(losses, sizes) / np.sum(sizes)
