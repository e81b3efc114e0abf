def newton_sqrt_torch(a, steps):
    """No Function: the gradient of y - (y² - a) / 2y with y held fixed is 1 / 2y."""
    with torch.no_grad():
        y = torch.ones_like(a)
        for _ in range(steps):
            y = (y + a / y) / 2
    pull = a / (2 * y)
    return y + pull - pull.detach()


def newton_sqrt_tf(a, steps):
    y = tf.ones_like(a)
    for _ in range(steps):
        y = tf.stop_gradient((y + a / y) / 2)
    pull = a / (2 * y)
    return y + pull - tf.stop_gradient(pull)
