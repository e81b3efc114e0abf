# An op without a gradient of its own leaves the work to the tape.
# assignment: tape-steps
# loses: sinh-gradient
# %% sinh
def sinh_torch(x):
    return torch.sinh(x)
