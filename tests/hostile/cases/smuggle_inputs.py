# An error, an output and a file that spell out what the test gave to the function.
# loses: square-value, square-inputs
# %% square
def square_backward(x, dy):
    print("SMUGGLED", x.tolist())
    open("smuggled", "w").write(repr(x))
    kind = type("SMUGGLED" + str(x[0]).replace(".", "").replace("-", ""), (Exception,), {})
    raise kind("SMUGGLED " + repr(x.tolist()))
