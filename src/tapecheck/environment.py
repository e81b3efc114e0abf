"""One place for the environment that every notebook, test and grader runs in.

TensorFlow reads these variables when it is imported, so they are set when
``tapecheck`` is imported, which must come first. A value that is already set
is left alone.

* The first two keep TensorFlow's start-up log lines out of stored outputs.
* One thread makes long floating-point sums come out in the same order on every
  machine, so the numbers on a page can be compared with those of a fresh run.
"""

import os

VARIABLES = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


def set_variables() -> None:
    """Set every variable of `VARIABLES` that the environment does not set."""
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
