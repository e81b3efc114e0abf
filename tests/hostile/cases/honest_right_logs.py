# A right answer that logs to stderr and warns at each call.
# loses: nothing
# %% square
import logging, sys, warnings

def square_backward(x, dy):
    print("called", file=sys.stderr)
    logging.warning("a warning")
    warnings.warn("another")
    return 2 * x * dy
