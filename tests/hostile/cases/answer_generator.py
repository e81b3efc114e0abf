# A generator in place of an array.
# loses: square-value
# %% square
def square_backward(x, dy):
    yield from 2 * x * dy
