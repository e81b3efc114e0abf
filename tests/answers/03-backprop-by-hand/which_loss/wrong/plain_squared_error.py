# diagnosis: plain-squares
# loses: which_loss-any_label
# The same for labels 1 and -1 only.
def mystery_loss(X, Y, W1, b1, W2, b2):
    s = sigmoid(X @ W1 + b1) @ W2 + b2
    return 0.5 * np.sum((Y - s) ** 2)
