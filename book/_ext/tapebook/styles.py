"""One style sheet in place of a dozen, so that a page waits for one answer.

The theme and the extensions each bring theirs, and one of them asks for another.
Rules for icons that the cut-down icon font does not have are left out.
"""

import json
import re
from pathlib import Path

TARGET = "site.css"
# The theme links these itself, before those that extensions register.
THEME = ("styles/theme.css", "styles/pydata-sphinx-theme.css")
IMPORT = re.compile(r'@import\s+(?:url\()?"([^":]+)"\)?;')
URL = re.compile(r'url\((["\']?)(?!data:|https?:|#|/)([^)"\']+)\1\)')
ICON = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"[^"]*"\}')


def read(static: Path, name: str) -> str:
    """A style sheet with its imports; addresses as seen from _static."""
    sheet = static / name
    text = sheet.read_text("utf-8").removeprefix("\ufeff")
    folder = Path(name).parent

    def seen_from_static(match: re.Match) -> str:
        return f'url("{relative(folder / match[2])}")'

    # Every second piece is the name of an imported sheet, rewritten already.
    pieces = IMPORT.split(re.sub(r'@charset "[^"]*";', "", text))
    for index, piece in enumerate(pieces):
        if index % 2:
            pieces[index] = read(static, relative(folder / piece))
        else:
            pieces[index] = URL.sub(seen_from_static, piece)
    return "".join(pieces)


def relative(path: Path) -> str:
    """The path without its `..`."""
    parts: list[str] = []
    for part in path.parts:
        parts.pop() if part == ".." else parts.append(part)
    return "/".join(parts)


def without_unused_icons(text: str, icons: set[str]) -> str:
    def keep(match: re.Match) -> str:
        names = set(re.findall(r"\.fa-([a-z0-9-]+):", match[1]))
        return match[0] if names & icons else ""

    return ICON.sub(keep, text)


def collect(app, pagename, templatename, context, doctree):
    """Note the style sheets in the order in which pages link them."""
    names = (str(sheet.filename) for sheet in context["css_files"])
    for name in names:
        if name.startswith("_static/"):
            app.env.tapebook_sheets[name.split("?")[0].removeprefix("_static/")] = None


def noted(app) -> Path:
    """Where a build leaves the names for the next, which writes changed pages only."""
    return Path(app.doctreedir) / "style-sheets.json"


def start(app):
    names = json.loads(noted(app).read_text()) if noted(app).is_file() else []
    app.env.tapebook_sheets = dict.fromkeys(names)


def bundle(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    icons = json.loads((Path(__file__).parent.parent / "icons.json").read_text())
    noted(app).write_text(json.dumps(list(app.env.tapebook_sheets)))
    sheets = [*THEME, *app.env.tapebook_sheets]
    text = "\n".join(read(static, sheet) for sheet in sheets)
    known = {icon for names in icons.values() for icon in names}
    (static / TARGET).write_text(without_unused_icons(text, known), "utf-8")


def setup(app):
    app.connect("builder-inited", start)
    # After the other extensions have added theirs.
    app.connect("html-page-context", collect, priority=999)
    # After the theme has written the colours of code, before the gates.
    app.connect("build-finished", bundle, priority=800)
