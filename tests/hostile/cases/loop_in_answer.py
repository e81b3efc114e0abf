# An answer that never ends.
# loses: square-value, square-inputs
# %% square
def square_backward(x, dy):
    while True:
        pass
