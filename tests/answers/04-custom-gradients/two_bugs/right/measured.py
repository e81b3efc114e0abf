def buggy_and_right(n):
    """Both gradients on random numbers, divided."""
    rng = np.random.default_rng(1)
    x, r, w = rng.normal(size=(n, 2)), rng.normal(size=n), 2 / n
    right_w, right_b, right_t = w * x.T @ r, w * r.sum(), -w * r
    return (x.T @ r)[0] / right_w[0], r.mean() / right_b, r[0] / right_t[0]


def predict(n, lr, epochs, samples):
    w, b, t = buggy_and_right(n)
    return {
        "factor_w": w,
        "factor_b": b,
        "factor_t": t,
        "shrink_w": 1 - 2 * lr * w,
        "shrink_b": 1 - 2 * lr * b,
        "left_b": (1 - 2 * lr * b) ** (epochs * (samples // n)),
    }


def largest_batch(lr):
    return int(np.ceil(2 / lr - 1e-9)) - 1
