def heavy_ball(H, c, theta0, lr, beta, steps):
    """The rate inside the velocity, as Keras has it."""
    theta, v, points = theta0.copy(), 0.0, []
    for _ in range(steps):
        v = beta * v - lr * (H @ theta - c)
        theta = theta + v
        points.append(theta)
    return np.array(points)


def best_settings(H):
    bends = np.sort(np.linalg.eigvalsh(H))
    kappa = bends[-1] / bends[0]
    beta = ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2
    lr = (2 / (np.sqrt(bends[-1]) + np.sqrt(bends[0]))) ** 2
    return {"lr": lr, "beta": beta, "factor": np.sqrt(beta)}
