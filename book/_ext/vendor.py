"""Fetch again what is committed under book/_static/vendor and book/_ext/tapebook.

    python book/_ext/vendor.py        (needs npm, fonttools and brotli)

Every package is pinned by version and sha256; the files are cut down to what the
site shows. Building the site needs none of this.
"""

import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pydata_sphinx_theme
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent
VENDOR = HERE.parent / "_static" / "vendor"
THEME = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"

KATEX = (
    "katex@0.19.1",
    "24da5a599eb2fcede2e270b99a6ff48bca816beecc95feeb84e8cccbd1bb34fd",
)
SOURCE_SERIF = (
    "@fontsource-variable/source-serif-4@5.3.1",
    "8c452853c74be1e43e9fbfe76321c26f4678a2d431e93209ff1d9faec03fd96f",
)
# The icons of the theme's buttons; its admonitions and toggles add their own below.
ICONS = json.loads((HERE / "icons.json").read_text())


def fetch(package: str, sha256: str) -> dict[str, bytes]:
    """Files of an npm package by path, or an exit naming what differs."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)
        archive = next(Path(folder).glob("*.tgz")).read_bytes()
    found = hashlib.sha256(archive).hexdigest()
    if found != sha256:
        sys.exit(f"{package}: sha256 is {found}, not {sha256}; nothing was replaced.")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {
            member.name.removeprefix("package/"): tar.extractfile(member).read()
            for member in tar.getmembers()
            if member.isfile()
        }


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def katex() -> None:
    files = fetch(*KATEX)
    write(HERE / "tapebook" / "katex.min.js", files["dist/katex.min.js"])
    css = files["dist/katex.min.css"].decode()
    # Every browser that this site supports reads woff2.
    css = re.sub(r',url\(fonts/[^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)', "", css)
    write(VENDOR / "katex" / "katex.min.css", css.encode())
    write(VENDOR / "katex" / "LICENSE", files["LICENSE"])
    for name, content in files.items():
        if name.startswith("dist/fonts/") and name.endswith(".woff2"):
            write(VENDOR / "katex" / name.removeprefix("dist/"), content)


def cut(font: TTFont, codes: set[int], features: list[str]) -> bytes:
    options = subset.Options(flavor="woff2", layout_features=features)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.flavor = "woff2"
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()


def source_serif() -> None:
    """English text in weights 400 to 700, upright and italic."""
    files = fetch(*SOURCE_SERIF)
    codes = {*range(0x20, 0x7F), *range(0xA0, 0x100)}
    codes |= {ord(c) for c in "–—‘’“”…•†−×→←"}
    for style, name in (("normal", "roman"), ("italic", "italic")):
        source = files[f"files/source-serif-4-latin-wght-{style}.woff2"]
        font = instancer.instantiateVariableFont(
            TTFont(io.BytesIO(source)), {"wght": (400, 700)}
        )
        content = cut(font, codes, ["kern", "liga", "mark"])
        write(VENDOR / "fonts" / f"source-serif-4-{name}.woff2", content)
    write(VENDOR / "fonts" / "LICENSE", files["LICENSE"])


def icons() -> None:
    """Font Awesome, cut to the icons in use, under the name that the theme asks for."""
    css = (THEME / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    rules = re.findall(r'([^{}]*):before\{content:"\\([0-9a-f]{4})"\}', css)
    code = {
        icon: int(value, 16)
        for selectors, value in rules
        for icon in re.findall(r"\.fa-([a-z0-9-]+)", selectors)
    }
    # Admonitions and toggles name their icons in variables and in their own rules.
    private_use = {ord(c) for c in css if 0xE000 <= ord(c) <= 0xF8FF} | {0xF107, 0xF303}
    for file, wanted in ICONS.items():
        codes = {code[icon] for icon in wanted} | private_use
        font = TTFont(THEME / "vendor/fontawesome/webfonts" / file)
        write(
            VENDOR / "fontawesome" / "webfonts" / file,
            cut(font, codes, []),
        )


if __name__ == "__main__":
    katex()
    source_serif()
    icons()
