# diagnosis: last-bias
# loses: collapse-offset
def collapse(weights, biases):
    """The one affine map of a stack of linear layers."""
    matrix, offset = weights[0], biases[0]
    for W, b in zip(weights[1:], biases[1:]):
        matrix = matrix @ W
        offset = b
    return matrix, offset


def count(widths):
    """Parameters of the stack, and numbers in the affine map."""
    parameters = sum((a + 1) * b for a, b in zip(widths, widths[1:]))
    return parameters, (widths[0] + 1) * widths[-1]
