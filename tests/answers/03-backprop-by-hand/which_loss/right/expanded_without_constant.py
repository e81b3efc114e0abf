def mystery_loss(X, Y, W1, b1, W2, b2):
    Ys = Y * (sigmoid(X @ W1 + b1) @ W2 + b2)
    return np.sum(Ys * Ys / 2 - Ys)
