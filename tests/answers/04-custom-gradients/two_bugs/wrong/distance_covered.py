# diagnosis: share-walked
# loses: two_bugs-training
def predict(n, lr, epochs, samples):
    """Wrong factors of the loop above and what they do, as a dict of numbers."""
    factor_w, factor_b = n / 2, 1 / 2
    shrink_b = 1 - 2 * factor_b * lr
    return {
        "factor_w": factor_w,
        "factor_b": factor_b,
        "factor_t": -n / 2,
        "shrink_w": 1 - 2 * factor_w * lr,
        "shrink_b": shrink_b,
        "left_b": 1 - shrink_b ** (epochs * (samples // n)),
    }


def largest_batch(lr):
    """The largest batch size at which the loop above still converges."""
    n = 1
    while abs(1 - lr * (n + 1)) < 1:
        n += 1
    return n
    ### END SOLUTION
