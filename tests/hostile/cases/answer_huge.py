# An answer of a hundred and sixty megabytes.
# loses: square-value
# %% square
def square_backward(x, dy):
    return np.zeros(20_000_000)
