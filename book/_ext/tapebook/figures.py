"""Directives for pages without code cells: an interactive graph, the chapter list."""

import html
import json
import re
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from tapecheck.figures import graph

from .pages import student_notebook


class FigureGraph(SphinxDirective):
    """The arguments of tapecheck.figures.graph, as YAML."""

    has_content = True

    def run(self):
        arguments = yaml.safe_load("\n".join(self.content))
        leaves, program = (
            arguments.pop("leaves"),
            arguments.pop("program"),
        )
        try:
            figure = graph(leaves, program, **arguments)
        except (TypeError, ValueError) as problem:
            raise self.error(f"figure-graph: {problem}") from problem
        return [nodes.raw("", figure.html, format="html")]


def exercises(released: Path) -> int:
    """How many answers a released notebook asks for."""
    if not released.is_file():
        return 0
    cells = json.loads(released.read_text("utf-8"))["cells"]
    about = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    return sum(bool(one.get("solution")) for one in about)


def hours(chapter: Path) -> str:
    """How long a chapter takes, in the words of its own opener; empty if it is silent.

    The words stand between ``**Time:**`` and a full stop.
    """
    cells = json.loads(chapter.read_text("utf-8"))["cells"]
    text = "".join(line for cell in cells for line in cell["source"])
    found = re.search(r"\*\*Time:\*\* ([^.]+)\.", text)
    return " ".join(found[1].split()) if found else ""


class Chapters(SphinxDirective):
    """One card per chapter, as YAML: slug: {title, promise}.

    A card says how many exercises the released notebook holds and how long the chapter
    takes. A chapter that is not written yet gets no link and no box to tick.
    """

    has_content = True

    def run(self):
        chapters = yaml.safe_load("\n".join(self.content))
        items = []
        for slug, chapter in chapters.items():
            number = int(slug.split("-")[0])
            title = html.escape(chapter["title"])
            promise = html.escape(chapter["promise"])
            if f"book/{slug}" in self.env.found_docs:
                head = f'<a href="{slug}.html">{title}</a>'
                course = Path(self.env.srcdir)
                count = exercises(student_notebook(course, slug))
                time = html.escape(hours(course / "book" / f"{slug}.ipynb"))
                foot = (
                    f'<span class="count">{count} exercises: {time}</span>'
                    f'<label class="tick"><input type="checkbox" data-done="{slug}"> '
                    f'Done<span class="visually-hidden">: {title}</span></label>'
                )
                state = ""
            else:
                head, state = title, " planned"
                foot = '<span class="count">In preparation</span>'
            items.append(
                f'<li class="chapter-card{state}"><span class="chapter-number" '
                f'aria-hidden="true">{number}</span><div><h3>{head}</h3>'
                f'<p>{promise}</p><p class="chapter-foot">{foot}</p></div></li>'
            )
        text = f'<ol class="chapter-cards">{"".join(items)}</ol>'
        return [nodes.raw("", text, format="html")]


def setup(app):
    app.add_directive("figure-graph", FigureGraph)
    app.add_directive("chapters", Chapters)
