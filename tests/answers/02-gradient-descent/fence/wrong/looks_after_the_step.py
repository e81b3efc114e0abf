# diagnosis: one-over
# loses: fence-walk, fence-stop
def fence(p, q, x0, lr, tol, max_steps):
    x, steps = x0, 0
    while steps < max_steps:
        slope = q - p / x**2
        x = x - lr * slope
        steps += 1
        if abs(slope) <= tol:
            break
    return {"x": x, "cost": p / x + q * x, "steps": steps}


def contraction(p, q, lr):
    """Factor of a small distance to the minimum."""
    bottom = np.sqrt(p / q)
    return 1 - lr * 2 * p / bottom**3
