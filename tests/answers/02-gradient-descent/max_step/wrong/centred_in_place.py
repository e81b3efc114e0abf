# diagnosis: none
# loses: max_step-hessian, max_step-edge
# Centres the caller's features.
def hessian(X):
    """Second derivatives of the loss by (w, b), shape (d + 1, d + 1)."""
    X -= X.mean(axis=0)
    design = np.column_stack([X, np.ones(len(X))])
    return 2 * design.T @ design / len(X)


def max_step(X):
    """The largest stable learning rate."""
    return 2 / np.linalg.eigvalsh(hessian(X)).max()
