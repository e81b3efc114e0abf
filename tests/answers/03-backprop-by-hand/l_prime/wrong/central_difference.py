# diagnosis: none
# loses: l_prime-output, l_prime-hidden, l_prime-biases, l_prime-trained
# The package's own differences are no gradient by hand either.
def L_prime(X, Y, W1, b1, W2, b2):
    from tapecheck.oracles import central_difference

    def total(W1, b1, W2, b2):
        score = sigmoid(X @ W1 + b1) @ W2 + b2
        return np.logaddexp(0, -Y * score).sum()

    return central_difference(total, {"W1": W1, "b1": b1, "W2": W2, "b2": b2})
