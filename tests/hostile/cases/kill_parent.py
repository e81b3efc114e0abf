# A right answer, and a cell that kills the process above.
# loses: nothing
# %% square
def square_backward(x, dy):
    return 2 * x * dy
# %% own
import os, signal
os.kill(os.getppid(), signal.SIGKILL)
