# The factor 2 is forgotten.
# loses: square-value
# %% square
def square_backward(x, dy):
    return x * dy
