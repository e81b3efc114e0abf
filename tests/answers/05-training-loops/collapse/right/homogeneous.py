def collapse(weights, biases):
    total = np.eye(len(weights[0]) + 1)
    for W, b in zip(weights, biases):
        layer = np.zeros((W.shape[0] + 1, W.shape[1] + 1))
        layer[:-1, :-1], layer[-1, :-1], layer[-1, -1] = W, b, 1
        total = total @ layer
    return total[:-1, :-1], total[-1, :-1]


def count(widths):
    w = np.array(widths)
    return int(w[:-1] @ w[1:] + w[1:].sum()), int(w[-1] * (1 + w[0]))
