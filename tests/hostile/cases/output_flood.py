# A right answer, and a cell that prints without end.
# loses: nothing
# %% square
def square_backward(x, dy):
    return 2 * x * dy
# %% own
while True:
    print("x" * 10_000)
