"""Take the student guide's pictures of JupyterLab again.

    python book/_ext/screenshots.py

A released notebook gets a wrong answer, and then the right one, is run, and is opened
in a real JupyterLab, in a light and in a dark theme. Only the check and what it says
is on the pictures, never the answer. Needs Chromium and the solutions.
"""

import io
import json
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from assignments import answers, exercises  # noqa: E402
from conftest import CHROMIUM_FLAGS, TOOLS  # noqa: E402

SLUG, EXERCISE, WRONG = "03-backprop-by-hand", "neuron", "loss_slope_sign"
PICTURES = ROOT / "book" / "guides"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
NAMES = {"wrong": "check-wrong", "right": "check-right"}


def executed(answer: str) -> str:
    """The released notebook up to the first check, run with `answer` in it."""
    released = ROOT / "exercises" / SLUG / f"{SLUG}.ipynb"
    found = nbformat.read(released, as_version=4)
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in found.cells]
    found.cells = found.cells[: names.index(f"{EXERCISE}-check") + 1]
    found.cells[names.index(EXERCISE)].source = answer
    NotebookClient(found, allow_errors=True, timeout=300).execute()
    return nbformat.writes(found)


def lab(folder: Path, theme: str) -> tuple[subprocess.Popen, str]:
    """JupyterLab on `folder`, and its address."""
    settings = {
        "apputils-extension/themes": {"theme": theme},
        "apputils-extension/notification": {"fetchNews": "false"},
        # Otherwise cells out of view are not drawn.
        "notebook-extension/tracker": {"windowingMode": "none"},
    }
    for name, values in settings.items():
        file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--port={port}", "--ip=127.0.0.1", f"--IdentityProvider.token={token}"),
        f"--LabApp.user_settings_dir={folder / 'settings'}",
        f"--ServerApp.root_dir={folder}",
    ]
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api?token={token}")
            # reset: the notebook of the last visit is not opened again.
            return server, f"{address}/lab/tree/{{}}?token={token}&reset"
        except OSError:
            time.sleep(0.5)
    server.kill()
    sys.exit("JupyterLab did not start")


def picture(page: Page, address: str) -> bytes:
    """The notebook's last cell: the check and what it says."""
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=120_000)
    page.click('li[title^="File Browser"]')  # away with it
    page.keyboard.press("Escape")
    check = page.locator(".jp-Notebook .jp-Cell").last
    check.scroll_into_view_if_needed()
    check.locator(".jp-OutputArea-output").first.wait_for(timeout=30_000)
    page.wait_for_timeout(1500)  # the layout settles
    return check.screenshot()


def main() -> None:
    chromium = next(filter(None, map(shutil.which, TOOLS["chromium"][0])), None)
    if chromium is None:
        sys.exit("chromium is missing; on Debian: apt-get install chromium")
    wrong = {(a.exercise, a.path.stem): a.text for a in answers(SLUG)}
    right = {exercise.name: exercise.solution for exercise in exercises(SLUG)}
    texts = {"wrong": wrong[EXERCISE, WRONG], "right": right[EXERCISE]}
    notebooks = {kind: executed(answer) for kind, answer in texts.items()}
    for theme, name in THEMES.items():
        with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
            folder = Path(made)
            for kind, text in notebooks.items():
                (folder / f"{kind}.ipynb").write_text(text, encoding="utf-8")
            server, address = lab(folder, name)
            browser = playwright.chromium.launch(
                executable_path=chromium, args=CHROMIUM_FLAGS
            )
            try:
                for kind in notebooks:
                    size = {"width": 860, "height": 1000}
                    page = browser.new_context(viewport=size).new_page()
                    taken = picture(page, address.format(f"{kind}.ipynb"))
                    image = Image.open(io.BytesIO(taken)).convert("RGB")
                    target = PICTURES / f"{NAMES[kind]}-{theme}.png"
                    image.quantize(64).save(target, optimize=True)
                    print(target.relative_to(ROOT), target.stat().st_size, "bytes")
            finally:
                browser.close()
                server.terminate()
                server.wait()


if __name__ == "__main__":
    main()
