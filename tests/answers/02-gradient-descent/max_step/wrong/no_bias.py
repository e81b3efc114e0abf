# diagnosis: bias-lost
# loses: max_step-hessian, max_step-edge
def hessian(X):
    """Second derivatives of the loss by (w, b), shape (d + 1, d + 1)."""
    design = X
    return 2 * design.T @ design / len(X)


def max_step(X):
    """The largest stable learning rate."""
    return 2 / np.linalg.eigvalsh(hessian(X)).max()
