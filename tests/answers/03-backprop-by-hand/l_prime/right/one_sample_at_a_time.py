def L_prime(X, Y, W1, b1, W2, b2):
    grads = {k: np.zeros_like(v) for k, v in dict(W1=W1, b1=b1, W2=W2, b2=b2).items()}
    for x, y in zip(X, Y[:, 0]):
        h = 1 / (1 + np.exp(-(x @ W1 + b1)))
        score = (h @ W2 + b2)[0]
        d_score = -y / (1 + np.exp(y * score))
        d_z = d_score * W2[:, 0] * h * (1 - h)
        grads["W2"] += np.outer(h, d_score)
        grads["b2"] += d_score
        grads["W1"] += np.outer(x, d_z)
        grads["b1"] += d_z
    return grads
