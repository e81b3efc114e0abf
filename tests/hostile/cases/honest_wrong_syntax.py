# A cell that is not Python.
# loses: square-value, square-inputs
# %% square
def square_backward(x, dy)
    return 2 * x * dy
