# diagnosis: sign
# loses: which_loss-labels, which_loss-any_label
def mystery_loss(X, Y, W1, b1, W2, b2):
    s = sigmoid(X @ W1 + b1) @ W2 + b2
    return -0.5 * np.sum((1 - Y * s) ** 2)
