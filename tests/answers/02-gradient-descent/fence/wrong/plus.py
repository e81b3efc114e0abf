# diagnosis: plus
# loses: fence-factor
def fence(p, q, x0, lr, tol, max_steps):
    """Where gradient descent stops, the cost there, and the steps it took."""
    x, steps = x0, 0
    slope = q - p / x**2
    while abs(slope) > tol and steps < max_steps:
        x = x - lr * slope
        steps += 1
        slope = q - p / x**2
    return {"x": x, "cost": p / x + q * x, "steps": steps}


def contraction(p, q, lr):
    """Factor of a small distance to the minimum."""
    bottom = np.sqrt(p / q)
    return 1 + lr * 2 * p / bottom**3
