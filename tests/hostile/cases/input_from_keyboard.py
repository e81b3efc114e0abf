# An answer that waits for somebody to type.
# loses: square-value, square-inputs
# %% square
def square_backward(x, dy):
    return float(input("What is it? "))
