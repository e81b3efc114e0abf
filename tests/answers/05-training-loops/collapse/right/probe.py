def collapse(weights, biases):
    def stack(x):
        for W, b in zip(weights, biases):
            x = x @ W + b
        return x

    d = len(weights[0])
    offset = stack(np.zeros(d))
    return stack(np.eye(d)) - offset, offset


def count(widths):
    stack = 0
    for i in range(len(widths) - 1):
        stack += widths[i] * widths[i + 1] + widths[i + 1]
    return stack, widths[0] * widths[-1] + widths[-1]
