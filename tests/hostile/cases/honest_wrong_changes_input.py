# The right value, computed in the array that was given.
# loses: square-inputs
# %% square
def square_backward(x, dy):
    x *= 2
    return x * dy
