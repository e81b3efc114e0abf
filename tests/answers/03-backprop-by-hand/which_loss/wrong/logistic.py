# diagnosis: logistic-loss
# loses: which_loss-labels, which_loss-any_label
# The loss it was published for.
def mystery_loss(X, Y, W1, b1, W2, b2):
    s = sigmoid(X @ W1 + b1) @ W2 + b2
    return np.logaddexp(0, -Y * s).sum()
