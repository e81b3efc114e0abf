"""What every test may ask of the machine."""

import functools
import http.server
import os
import shutil
import threading
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run; --hypothesis-seed=N tries others.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")

SITE = Path(__file__).parent.parent / "_build" / "html"

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


# What keeps Chromium from talking to anybody but the tests.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    """Chromium, driven by playwright."""
    chromium = require("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium, args=CHROMIUM_FLAGS
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def site():
    """Address of the built site, served on this machine."""
    assert (SITE / "index.html").is_file(), "build the site first: make book"

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
