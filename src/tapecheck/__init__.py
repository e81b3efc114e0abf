"""tapecheck: a gradient checker that says why a gradient is wrong."""

from tapecheck.environment import set_variables

set_variables()
