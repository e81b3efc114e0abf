def mystery_loss(X, Y, W1, b1, W2, b2):
    total = 0.0
    for x, y in zip(X, Y):
        score = (sigmoid(x @ W1 + b1) @ W2 + b2)[0]
        total += y[0] ** 2 * score**2 / 2 - y[0] * score + 7
    return total
