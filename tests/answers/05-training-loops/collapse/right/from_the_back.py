def collapse(weights, biases):
    matrix = np.eye(weights[-1].shape[1])
    offset = np.zeros(weights[-1].shape[1])
    for W, b in zip(reversed(weights), reversed(biases)):
        offset = offset + b @ matrix
        matrix = W @ matrix
    return matrix, offset


def count(widths):
    sizes = [(a, b) for a, b in zip(widths[:-1], widths[1:])]
    return sum(a * b for a, b in sizes) + sum(b for _, b in sizes), widths[-1] + widths[
        0
    ] * widths[-1]
