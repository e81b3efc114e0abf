def minibatches(n, size, epochs, seed):
    rng = np.random.default_rng(seed)
    result = []
    for _ in range(epochs):
        order = rng.permutation(n)
        result.append([order[i : i + size] for i in range(0, n, size)])
    return result


def epoch_loss(losses, sizes):
    return np.average(losses, weights=sizes)
