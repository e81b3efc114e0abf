def planted_loss(letter, X, W, b):
    loss = LOSSES[letter]
    return loss(X, np.matmul(X, W) + b, W, b)


def permuted_change(letter, X, y, W, b, order):
    loss = LOSSES[letter]
    return loss(X, y[order], W, b) - loss(X, y, W, b)


def least_squares_slope(letter, X, y):
    A = np.c_[X, np.ones(X.shape[0])]
    theta = np.linalg.lstsq(A, y, rcond=None)[0]
    W, b = (torch.tensor(part, requires_grad=True) for part in (theta[:-1], theta[-1]))
    loss = LOSSES[letter](torch.tensor(X), torch.tensor(y), W, b)
    slopes = torch.autograd.grad(loss, [W, b])
    return np.sqrt(sum(float((slope**2).sum()) for slope in slopes))


def verdicts():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 2)), rng.normal(size=(8, 1))
    W, b = rng.normal(size=(2, 1)), np.ones(1)
    found = {letter: [] for letter in LOSSES}
    for letter, said in found.items():
        if planted_loss(letter, X, W, b) > 1e-9:
            said.append("planted")
        if abs(permuted_change(letter, X, y, W, b, np.roll(np.arange(8), 1))) < 1e-9:
            said.append("permuted")
        if least_squares_slope(letter, X, y) > 1e-9:
            said.append("least squares")
    return found


def pairs_loss(X, y, W, b):
    predicted = (X @ W + b).ravel()
    total = 0.0
    for target in y.ravel():
        total += np.mean((target - predicted) ** 2)
    return total / len(y)
