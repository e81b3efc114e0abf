# A cell that never ends, and an answer that ends the kernel by itself.
# loses: square-value, square-inputs
# %% square
import os

def square_backward(x, dy):
    os._exit(0)
# %% own
while True:
    pass
