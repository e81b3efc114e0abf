# diagnosis: mean-not-sum
# loses: l_prime-output, l_prime-hidden, l_prime-biases, l_prime-trained
def L_prime(X, Y, W1, b1, W2, b2):
    H = sigmoid(X @ W1 + b1)
    s = H @ W2 + b2
    delta_s = (sigmoid(Y * s) - 1) * Y / len(X)
    delta_1 = delta_s @ W2.T * H * (1 - H)
    return {
        "W1": X.T @ delta_1,
        "b1": delta_1.sum(axis=0),
        "W2": H.T @ delta_s,
        "b2": delta_s.sum(axis=0),
    }
