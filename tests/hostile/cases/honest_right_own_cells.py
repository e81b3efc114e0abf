# Cells of the student's own between the others: one fails, one uses magic, one prints.
# loses: nothing
# %% square
def square_backward(x, dy):
    return 2 * x * dy
# %% own
1 / 0
# %% own
%timeit -n1 -r1 square_backward(np.ones(3), 1.0)
# %% own
print("x" * 1000)
