# The cell of the first exercise ends its process.
# loses: square-value, square-inputs
# %% square
def square_backward(x, dy):
    return 2 * x * dy

import os
os._exit(0)
