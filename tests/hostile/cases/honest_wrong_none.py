# The answer is printed, not returned.
# loses: square-value
# %% square
def square_backward(x, dy):
    print(2 * x * dy)
