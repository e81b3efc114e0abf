# A cell that never ends, and another one that ends the kernel by itself.
# loses: linear-dx, linear-dw
# %% square
def square_backward(x, dy):
    return 2 * x * dy
# %% own
while True:
    pass
# %% linear
import os

os._exit(0)
