# An answer that contains itself.
# loses: square-value
# %% square
def square_backward(x, dy):
    nested = []
    nested.append(nested)
    return nested
