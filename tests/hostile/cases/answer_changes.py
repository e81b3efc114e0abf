# Right the first time, wrong ever after.
# loses: square-value
# %% square
calls = []

def square_backward(x, dy):
    calls.append(1)
    return 2 * x * dy if len(calls) == 1 else x
