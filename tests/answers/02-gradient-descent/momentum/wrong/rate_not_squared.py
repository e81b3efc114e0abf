# diagnosis: root-lost
# loses: momentum-best
def heavy_ball(H, c, theta0, lr, beta, steps):
    """The points after step 1, ..., steps; shape (steps, d)."""
    theta, v = np.array(theta0, dtype=float), np.zeros(len(c))
    points = np.empty((steps, len(c)))
    for k in range(steps):
        v = beta * v + H @ theta - c
        theta = theta - lr * v
        points[k] = theta
    return points


def best_settings(H):
    """The fastest rate and beta, and the factor they reach."""
    roots = np.sqrt(np.linalg.eigvalsh(H)[[0, -1]])
    factor = (roots[1] - roots[0]) / roots.sum()
    return {"lr": 2 / roots.sum(), "beta": factor**2, "factor": factor}
