# An answer nested a hundred thousand deep.
# loses: square-value
# %% square
def square_backward(x, dy):
    x *= 1.0
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return nested
