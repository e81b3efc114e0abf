def heavy_ball(H, c, theta0, lr, beta, steps):
    """Without a velocity: the last move is carried on."""
    points = [theta0, theta0]
    for _ in range(steps):
        slope = H @ points[-1] - c
        points.append(points[-1] - lr * slope + beta * (points[-1] - points[-2]))
    return np.stack(points[2:])


def best_settings(H):
    eigenvalues = np.linalg.eigh(H)[0]
    m, M = eigenvalues.min(), eigenvalues.max()
    factor = 1 - 2 * m**0.5 / (m**0.5 + M**0.5)
    return {"factor": factor, "beta": factor * factor, "lr": (1 + factor) ** 2 / M}
