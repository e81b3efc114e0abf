# An answer that is not a number.
# loses: square-value
# %% square
def square_backward(x, dy):
    return np.full(x.shape, np.nan)
