"""`import tapecheck` needs NumPy and leaves the frameworks alone.

How long it takes, `make diagnose-bench` says.
"""

import json
import os
import subprocess
import sys

FRAMEWORKS = {"tensorflow", "torch", "keras", "matplotlib", "pandas", "IPython"}


def in_fresh_python(code: str, **variables: str) -> dict:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "OMP_"))}
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**clean, **variables},
    )
    assert result.stderr == ""
    return json.loads(result.stdout)


REPORT = """
import json, sys
import tapecheck
{then}
print(json.dumps({{"modules": sorted(sys.modules)}}))
"""


def test_it_needs_numpy_only():
    modules = in_fresh_python(REPORT.format(then=""))["modules"]
    assert not FRAMEWORKS & set(modules)
    assert "numpy" in modules


def test_checking_arrays_imports_no_framework():
    check = """
import contextlib, io, numpy as np
with contextlib.redirect_stdout(io.StringIO()):
    tapecheck.check_gradient(np.ones(3), np.ones(3))
    tapecheck.central_difference(np.sum, np.ones(3))
    try:
        tapecheck.check_gradient(-np.ones(3), np.ones(3), "g")
    except tapecheck.GradientMismatch:
        pass
"""
    assert not FRAMEWORKS & set(in_fresh_python(REPORT.format(then=check))["modules"])


def test_the_test_would_notice_a_framework():
    modules = in_fresh_python(REPORT.format(then="import pandas"))["modules"]
    assert FRAMEWORKS & set(modules) == {"pandas"}


SHOW = """
import json, os
import tapecheck
print(json.dumps({k: v for k, v in os.environ.items() if k.startswith(("TF_", "OMP"))}))
"""


def test_it_sets_the_environment_and_keeps_what_is_set():
    variables = in_fresh_python(SHOW)
    assert variables["TF_ENABLE_ONEDNN_OPTS"] == "0"
    assert variables["OMP_NUM_THREADS"] == "1"
    assert in_fresh_python(SHOW, OMP_NUM_THREADS="3")["OMP_NUM_THREADS"] == "3"
