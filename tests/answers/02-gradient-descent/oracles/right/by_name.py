def planted_loss(letter, X, W, b):
    targets = X @ W + b
    return float(LOSSES[letter](X, targets, W, b))


def permuted_change(letter, X, y, W, b, order):
    shuffled = np.take(y, order, axis=0)
    return LOSSES[letter](X, shuffled, W, b) - LOSSES[letter](X, y, W, b)


def least_squares_slope(letter, X, y):
    A = np.hstack([X, np.ones((len(X), 1))])
    theta = np.linalg.solve(A.T @ A, A.T @ y)
    theta = torch.tensor(theta, requires_grad=True)
    loss = LOSSES[letter](torch.tensor(X), torch.tensor(y), theta[:-1], theta[-1])
    (slope,) = torch.autograd.grad(loss, theta)
    return slope.norm().item()


def verdicts():
    return {
        "D": (),
        "C": ("least squares", "permuted", "planted"),
        "B": (),
        "A": ("least squares", "planted"),
    }


def pairs_loss(X, y, W, b):
    p = X @ W + b
    return (y**2).mean() - 2 * y.mean() * p.mean() + (p**2).mean()
