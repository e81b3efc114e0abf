import math


def predict(n, lr, epochs, samples):
    steps = epochs * int(samples / n)
    return dict(
        factor_w=0.5 * n,
        factor_b=0.5,
        factor_t=-0.5 * n,
        shrink_w=1 - n * lr,
        shrink_b=1 - lr,
        left_b=math.exp(steps * math.log(1 - lr)),
    )


def largest_batch(lr):
    return math.ceil(round(2 / lr, 9)) - 1
