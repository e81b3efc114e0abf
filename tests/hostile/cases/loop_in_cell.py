# A cell that never ends.
# loses: square-value, square-inputs
# %% square
while True:
    pass
