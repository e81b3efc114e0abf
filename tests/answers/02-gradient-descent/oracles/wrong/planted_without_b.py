# diagnosis: b-not-planted
# loses: oracles-planted
def planted_loss(letter, X, W, b):
    """The loss at W, b for targets made from W, b."""
    return LOSSES[letter](X, X @ W, W, b)


def permuted_change(letter, X, y, W, b, order):
    """The loss with the targets y[order], minus the loss with y."""
    before = LOSSES[letter](X, y, W, b)
    return LOSSES[letter](X, y[order], W, b) - before


def least_squares_slope(letter, X, y):
    """Norm of the gradient at the least-squares solution."""
    design = np.column_stack([X, np.ones(len(X))])
    solution = np.linalg.lstsq(design, y, rcond=None)[0]
    W = torch.tensor(solution[:-1], requires_grad=True)
    b = torch.tensor(solution[-1], requires_grad=True)
    LOSSES[letter](torch.tensor(X), torch.tensor(y), W, b).backward()
    return float(torch.cat([W.grad.ravel(), b.grad.ravel()]).norm())


def verdicts():
    """For each letter the list of witnesses that accuse it."""
    return {
        "A": ["planted", "least squares"],
        "B": [],
        "C": ["planted", "permuted", "least squares"],
        "D": [],
    }


def pairs_loss(X, y, W, b):
    """Mean squared difference over all pairs of target and prediction."""
    predicted = X @ W + b
    between = y.mean() - predicted.mean()
    return y.var() + predicted.var() + between**2
