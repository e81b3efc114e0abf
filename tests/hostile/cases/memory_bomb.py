# A right answer, and a cell that asks for all memory.
# loses: nothing
# %% square
def square_backward(x, dy):
    return 2 * x * dy
# %% own
kept = []
while True:
    kept.append(np.ones(50_000_000))
