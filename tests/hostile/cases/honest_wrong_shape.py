# A column instead of a row.
# loses: square-value
# %% square
def square_backward(x, dy):
    return (2 * x * dy)[:, None]
