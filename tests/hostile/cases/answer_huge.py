# An answer of a gigabyte.
# loses: square-value
# %% square
def square_backward(x, dy):
    return np.zeros(130_000_000)
