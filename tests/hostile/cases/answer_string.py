# Strings and bytes in place of numbers.
# loses: square-value
# %% square
def square_backward(x, dy):
    return [str(value) for value in 2 * x * dy]
