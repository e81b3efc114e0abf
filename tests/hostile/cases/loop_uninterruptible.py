# An answer that never ends and takes no interrupt.
# loses: square-value, square-inputs
# %% square
def square_backward(x, dy):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
