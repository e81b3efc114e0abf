"""What every page gets: its chapter's number, its exercises, its few scripts."""

import re
import shutil
from pathlib import Path

import pydata_sphinx_theme
from sphinx.errors import ExtensionError

THEBE = re.compile(
    r'<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName.*?</script>',
    flags=re.DOTALL,
)
EMPTY_HEADER = re.compile(r"<th( [^>]*)?>(?:<p></p>)?\s*</th>")
CHAPTER = re.compile(r"book/(0?(\d+)-[a-z-]+)$")  # book/03-backprop-by-hand

# The site's root leads to the landing page, which stands beside the chapters.
ENTRANCE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={landing}">
</head>
<body><p><a href="{landing}">{title}</a></p></body>
</html>
"""


def chapter_slug(docname: str) -> str | None:
    match = CHAPTER.match(docname)
    return match[1] if match else None


def chapter_number(docname: str) -> str | None:
    match = CHAPTER.match(docname)
    return match[2] if match else None


def student_notebook(course: Path, slug: str) -> Path:
    """The released notebook of a chapter: never the instructor's."""
    return course / "exercises" / slug / f"{slug}.ipynb"


def lighten_scripts(app, pagename, templatename, context, doctree):
    """No script blocks the page, and those that nothing here uses stay away."""
    kept = []
    for script in context["script_files"]:
        code = script.attributes.get("body", "")
        if "thebe" in f"{script.filename}{code}" or "DOCUMENTATION_OPTIONS." in code:
            continue
        # The search page runs inline scripts that need theirs at once. The list is
        # of this page, the scripts in it are of all pages: change a copy.
        if script.filename and pagename != "search":
            attributes = {**script.attributes, "defer": "defer"}
            script = type(script)(
                script.filename, priority=script.priority, **attributes
            )
        kept.append(script)
    context["script_files"] = kept
    context["css_files"] = [
        sheet for sheet in context["css_files"] if "thebe" not in str(sheet.filename)
    ]


def add_to_context(app, pagename, templatename, context, doctree):
    context["chapter"] = chapter_number(pagename)
    context["chapter_slug"] = slug = chapter_slug(pagename)
    if slug and (notebook := student_notebook(Path(app.srcdir), slug)).is_file():
        target = Path(app.outdir) / "downloads" / notebook.name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(notebook, target)
        context["student_notebook"] = context["pathto"](f"downloads/{notebook.name}", 1)


def repair_body(app, pagename, templatename, context, doctree):
    """What screen readers stumble over, and settings of an absent thebe."""
    body = THEBE.sub("", context.get("body", ""))
    body = EMPTY_HEADER.sub(r"<td\1></td>", body)  # a header must say of what
    context["body"] = body.replace(' role="doc-biblioentry"', ' role="listitem"')


# Megabytes that the themes copy into every site and no page here loads.
DEAD_WEIGHT = (
    "**/*.map",
    "**/*.ttf",
    "scripts/fontawesome.js*",
    "sphinx-thebe.*",
    "locales",
    "images/logo_*",
    "webpack-macros.html",
    "sbt-webpack-macros.html",
)


def drop_dead_weight(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    launches = bool(app.config.html_theme_options["launch_buttons"])
    static = Path(app.outdir) / "_static"
    for pattern in DEAD_WEIGHT:
        if launches and pattern.startswith("images/"):
            continue
        for path in list(static.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


# The theme asks every region, when a page has loaded and after each change, whether it
# scrolls, and so lays out the whole page each time. reader.js asks those in sight.
ASKS_ALL = re.compile(
    r',"complete"===document\.readyState\?(\w+)\(\)'
    r':window\.addEventListener\("load",\1\)(?=\}\)\(\);)'
)


def drop_layout_of_everything(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    script = "scripts/pydata-sphinx-theme.js"
    # From the theme itself: a build that changes nothing does not copy it again.
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme"
    text, found = ASKS_ALL.subn("", (theme / "static" / script).read_text("utf-8"))
    if not found:
        raise ExtensionError(
            f"{script} of pydata-sphinx-theme does not end as it did: "
            "compare ASKS_ALL in tapebook/pages.py with its last line"
        )
    (Path(app.outdir) / "_static" / script).write_text(text, "utf-8")


def write_entrance(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    landing = app.builder.get_target_uri(app.config.root_doc)
    page = ENTRANCE.format(title=app.config.html_title, landing=landing)
    (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def setup(app):
    app.connect("html-page-context", add_to_context)
    app.connect("html-page-context", repair_body)
    app.connect("build-finished", drop_dead_weight)
    app.connect("build-finished", drop_layout_of_everything)
    app.connect("build-finished", write_entrance)
    # Last: the other extensions have added theirs.
    app.connect("html-page-context", lighten_scripts, priority=999)
