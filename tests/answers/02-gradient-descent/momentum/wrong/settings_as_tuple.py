# diagnosis: none
# loses: momentum-best
# The settings come back as a pair, not under their names.
def heavy_ball(H, c, theta0, lr, beta, steps):
    """The points after step 1, ..., steps; shape (steps, d)."""
    theta, v, points = np.array(theta0, float), np.zeros(len(theta0)), []
    for _ in range(steps):
        v = beta * v + H @ theta - c
        theta = theta - lr * v
        points.append(theta)
    return np.array(points)


def best_settings(H):
    """The fastest rate and beta, and the factor they reach."""
    low, *_, high = np.sqrt(np.linalg.eigvalsh(H))
    factor = (high - low) / (high + low)
    return 4 / (high + low) ** 2, factor**2, factor
