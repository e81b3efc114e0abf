def predict(n, lr, epochs, samples):
    w = n / 2
    b = w / n
    left = 1.0
    for _ in range(epochs):
        for _ in range(samples // n):
            left *= 1 - 2 * b * lr
    return {
        "left_b": left,
        "shrink_b": 1 - 2 * b * lr,
        "shrink_w": 1 - 2 * w * lr,
        "factor_t": -w,
        "factor_b": b,
        "factor_w": w,
    }


def largest_batch(lr):
    return max(n for n in range(1, 2000) if -1 < predict(n, lr, 1, n)["shrink_w"] < 1)
