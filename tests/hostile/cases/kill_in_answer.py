# The answer to the first exercise ends its process.
# loses: square-value, square-inputs
# %% square
import os

def square_backward(x, dy):
    os._exit(0)
