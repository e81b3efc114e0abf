# An object that runs a command where it is unpickled.
# loses: square-value
# %% square
import os

class Bomb:
    def __reduce__(self):
        return os.system, ("touch hostile-was-here",)

def square_backward(x, dy):
    return np.array([Bomb()] * len(x), dtype=object)
