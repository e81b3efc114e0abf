"""What every test may ask of the machine."""

import os
import shutil

import pytest

# Where each optional tool is looked for, and how a reader gets it.
TOOLS = {
    "chromium": (("chromium", "chromium-browser", "google-chrome"), "chromium"),
    "bubblewrap": (("bwrap",), "bubblewrap"),
}


def require(tool: str) -> str:
    """Path of `tool`; without it the test is skipped with the reason.

    With TAPECHECK_REQUIRE_TOOLS=1, as in CI, a missing tool fails the test.
    """
    names, package = TOOLS[tool]
    for name in names:
        if path := shutil.which(name):
            return path
    reason = f"{tool} is missing; on Debian: apt-get install {package}"
    if os.environ.get("TAPECHECK_REQUIRE_TOOLS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
