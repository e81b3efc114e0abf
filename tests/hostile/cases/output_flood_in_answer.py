# A right answer that prints a megabyte at each call.
# loses: nothing
# %% square
def square_backward(x, dy):
    print("x" * 1_000_000)
    return 2 * x * dy
