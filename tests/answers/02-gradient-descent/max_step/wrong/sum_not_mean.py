# diagnosis: sum-not-mean
# loses: max_step-hessian, max_step-edge
def hessian(X):
    """Second derivatives of the loss by (w, b), shape (d + 1, d + 1)."""
    design = np.column_stack([X, np.ones(len(X))])
    return 2 * design.T @ design


def max_step(X):
    """The largest stable learning rate."""
    return 2 / np.linalg.eigvalsh(hessian(X)).max()
