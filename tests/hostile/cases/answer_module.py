# A module in place of the function.
# loses: square-value, square-inputs
# %% square
import os as square_backward
