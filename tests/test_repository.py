"""The repository stands alone: locked versions, no stray paths, no hosts."""

import re
import subprocess
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent


def tracked_files() -> list[Path]:
    """What git would publish, or everything but caches outside a checkout."""
    listing = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True
    )
    if listing.returncode == 0:
        return [ROOT / line for line in listing.stdout.splitlines()]
    skip = {".venv", "_build", "__pycache__"}
    return [p for p in ROOT.rglob("*") if p.is_file() and not skip & set(p.parts)]


def test_the_lock_holds_one_exact_version_of_every_dependency():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.match(r"[a-z0-9.-]+==[\w.]+( ; .+)?$", pin) for pin in pins), pins
    locked = {pin.split("==")[0] for pin in pins}

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(d for extra in extras for d in extra)]
    names = {re.match(r"[A-Za-z0-9.-]+", d).group().lower() for d in wanted}
    assert names - {"tapecheck"} <= locked


def test_nothing_depends_on_a_folder_outside_or_on_one_machine():
    # Home folders, and wherever this checkout happens to lie.
    outside = re.compile(rf"/home/[a-z]+/|/root/|{re.escape(str(ROOT))}/")
    here = Path(__file__)
    for path in tracked_files():
        if path.suffix in {".png", ".woff2", ".ico"} or path == here:
            continue
        text = path.read_text(encoding="utf-8")
        found = outside.search(text)
        assert not found, f"{path.relative_to(ROOT)}: {found.group()}"


def test_no_file_is_large():
    large = [p for p in tracked_files() if p.stat().st_size > 1_500_000]
    assert not large


def test_the_version_is_the_same_wherever_it_is_written():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == version
    assert {"cff-version", "message", "title", "authors"} <= set(citation)


def test_hooks_and_templates_can_be_read_and_need_no_network():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    assert {hook["language"] for hook in hooks} == {"system"}
    names = {hook["id"] for hook in hooks}
    assert {"ruff-check", "ruff-format", "nbformat", "codespell"} <= names
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    assert {u["package-ecosystem"] for u in updates} == {"pip", "github-actions"}
    for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.md"):
        _, header, body = path.read_text(encoding="utf-8").split("---\n", 2)
        assert {"name", "about"} == set(yaml.safe_load(header)) and body.strip()
