def fence(p, q, x0, lr, tol, max_steps):
    x = x0
    for k in range(max_steps + 1):
        g = -p / x**2 + q
        if abs(g) <= tol or k == max_steps:
            return {"x": x, "cost": p / x + q * x, "steps": k}
        x -= lr * g


def contraction(p, q, lr):
    return 1 - 2 * lr * q * np.sqrt(q / p)
