def fence(p, q, x0, lr, tol, max_steps):
    def slope(x):
        return (q * x * x - p) / (x * x)

    trail = [float(x0)]
    while len(trail) - 1 < max_steps and not abs(slope(trail[-1])) <= tol:
        trail.append(trail[-1] - lr * slope(trail[-1]))
    end = trail[-1]
    return {"steps": len(trail) - 1, "x": end, "cost": p / end + q * end}


def contraction(p, q, lr):
    return 1.0 - lr * (2.0 * q**1.5 / p**0.5)
