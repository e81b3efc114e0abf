def planted_loss(letter, X, W, b):
    return LOSSES[letter](X, (X @ W) + b, W, b)


def permuted_change(letter, X, y, W, b, order):
    values = [LOSSES[letter](X, target, W, b) for target in (y, y[order, :])]
    return values[1] - values[0]


def least_squares_slope(letter, X, y):
    """By differences: the losses are parabolas, so a step of 1 is exact."""
    A = np.column_stack([X, np.ones(len(X))])
    theta = np.linalg.pinv(A) @ y

    def loss(theta):
        return LOSSES[letter](X, y, theta[:-1], theta[-1])

    steps = np.eye(len(theta))[:, :, None]
    slopes = [(loss(theta + e) - loss(theta - e)) / 2 for e in steps]
    return np.sqrt(np.sum(np.square(slopes)))


def verdicts():
    found = {}
    for letter in LOSSES:
        found[letter] = []
        if letter in "AC":
            found[letter] += ["planted", "least squares"]
        if letter == "C":
            found[letter].append("permuted")
    return found


def pairs_loss(X, y, W, b):
    predicted = np.ravel(X @ W) + b
    mean, spread = predicted.mean(), predicted.var()
    return np.mean((y - mean) ** 2) + spread
