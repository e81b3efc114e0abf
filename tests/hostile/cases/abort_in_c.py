# The answer crashes the interpreter.
# loses: square-value, square-inputs
# %% square
import ctypes

def square_backward(x, dy):
    ctypes.string_at(0)
