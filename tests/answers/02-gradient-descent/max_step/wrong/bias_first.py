# diagnosis: bias-first
# loses: max_step-hessian
# The eigenvalues are the same.
def hessian(X):
    """Second derivatives of the loss by (w, b), shape (d + 1, d + 1)."""
    design = np.column_stack([np.ones(len(X)), X])
    return 2 * design.T @ design / len(X)


def max_step(X):
    """The largest stable learning rate."""
    return 2 / np.linalg.eigvalsh(hessian(X)).max()
