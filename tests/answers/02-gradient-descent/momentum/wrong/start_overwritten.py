# diagnosis: input-changed
# loses: momentum-path
def heavy_ball(H, c, theta0, lr, beta, steps):
    v, points = np.zeros(len(c)), []
    for _ in range(steps):
        v = beta * v + H @ theta0 - c
        theta0 -= lr * v
        points.append(theta0.copy())
    return np.array(points)


def best_settings(H):
    """The fastest rate and beta, and the factor they reach."""
    roots = np.sqrt(np.linalg.eigvalsh(H)[[0, -1]])
    factor = (roots[1] - roots[0]) / roots.sum()
    return {"lr": 4 / roots.sum() ** 2, "beta": factor**2, "factor": factor}
