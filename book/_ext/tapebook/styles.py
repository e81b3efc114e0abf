"""One style sheet in place of a dozen, so that a page waits for one answer.

The theme and the extensions each bring theirs, and one of them asks for another.
Most of their rules are for things that no page here has: those are left out, since a
browser would fetch them all before it paints, and try them on every element.
"""

import json
import re
from pathlib import Path

import tinycss2

TARGET = "site.css"
# The theme links these itself, before those that extensions register.
THEME = ("styles/theme.css", "styles/pydata-sphinx-theme.css")
IMPORT = re.compile(r'@import\s+(?:url\()?"([^":]+)"\)?;')
URL = re.compile(r'url\((["\']?)(?!data:|https?:|#|/)([^)"\']+)\1\)')
WORD = re.compile(r"[\w-]+")
NESTING = {"media", "supports"}
# Bootstrap puts this one together from pieces.
PUT_TOGETHER = {"bs-tooltip-auto"}


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


def words(site: Path) -> set[str]:
    """Every word in a page or a script: among them each class and id that can occur."""
    files = (path for path in site.rglob("*") if path.suffix in (".html", ".js"))
    found = (WORD.findall(path.read_text("utf-8")) for path in files)
    return PUT_TOGETHER.union(*found)


def can_match(selector: list, known: set[str]) -> bool:
    """Whether its classes and ids are known; names inside :not() and :is() are free."""
    for dot, name in zip([None, *selector], selector, strict=False):
        named = name.type == "hash" or (dot == "." and name.type == "ident")
        if named and name.value not in known:
            return False
    return True


def without_unused(rules: list, known: set[str]) -> str:
    """The style sheet without selectors that ask for a class or an id not `known`."""
    text = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors: list[list] = [[]]
            for token in rule.prelude:
                if token == ",":
                    selectors.append([])
                else:
                    selectors[-1].append(token)
            kept = [tinycss2.serialize(s) for s in selectors if can_match(s, known)]
            if kept:
                content = tinycss2.serialize(rule.content)
                text.append(f"{','.join(kept).strip()}{{{content.strip()}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTING:
            inner = tinycss2.parse_rule_list(
                rule.content, skip_comments=True, skip_whitespace=True
            )
            if inside := without_unused(inner, known):
                head = tinycss2.serialize(rule.prelude)
                text.append(f"@{rule.at_keyword}{head}{{{inside}}}")
        else:
            text.append(rule.serialize())
    return "\n".join(text)


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
    noted(app).write_text(json.dumps(list(app.env.tapebook_sheets)))
    sheets = [*THEME, *app.env.tapebook_sheets]
    text = "\n".join(read(static, sheet) for sheet in sheets)
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    (static / TARGET).write_text(
        without_unused(rules, words(Path(app.outdir))), "utf-8"
    )


def setup(app):
    app.connect("builder-inited", start)
    # After the other extensions have added theirs.
    app.connect("html-page-context", collect, priority=999)
    # After the theme has written the colours of code, before the gates.
    app.connect("build-finished", bundle, priority=800)
