# An answer that hangs where no interrupt is looked at.
# loses: square-value, square-inputs
# %% square
def square_backward(x, dy):
    return pow(7, 10**9)
