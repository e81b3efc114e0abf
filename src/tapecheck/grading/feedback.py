"""The page a student gets: their notebook, their points, and a sentence per test."""

import functools
import html
import re
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

from tapecheck.grading.results import Result

# Nothing on the page may run or load anything: a notebook's author chose its contents.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "form-action 'none'; base-uri 'none'"
)
META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'


class Templates(BytecodeCache):
    """Compiled templates, for as long as this process lives."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.compiled:
            bucket.bytecode_from_string(self.compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = Templates()
NO_ALT = re.compile(r"<img(?=\s)(?![^>]*\salt=)")
ALT = "A picture in the notebook, which its author did not describe"


class Page(HTMLExporter):
    """nbconvert's page, made in half the time.

    nbconvert parses the finished page once more, to find pictures without a text in
    their place (and cells of JupyterLab's template, which nbgrader does not use).
    """

    def _create_environment(self):
        environment = super()._create_environment()
        environment.bytecode_cache = TEMPLATES
        return environment

    def from_notebook_node(self, nb, resources=None, **options: Any):
        about = nb.metadata.get("language_info", {})
        lexer = about.get("pygments_lexer", about.get("name"))
        resources = self._init_resources(resources)
        self.register_filter(
            "highlight_code", lambda source, metadata: highlight(source, lexer)
        )
        self.register_filter(
            "filter_data_type",
            WidgetsDataTypeFilter(
                notebook_metadata=self._nb_metadata, parent=self, resources=resources
            ),
        )
        text, resources = TemplateExporter.from_notebook_node(
            self, nb, resources, **options
        )
        return NO_ALT.sub(f'<img alt="{ALT}"', text), resources


@functools.lru_cache(1000)  # most cells are the same in all submissions
def highlight(source: str, lexer: str | None) -> str:
    """A cell's code as nbconvert colours it."""
    return Highlight2HTML(pygments_lexer=lexer)(source)


class HideTests(NbGraderPreprocessor):
    """Take the tests out of a graded notebook: a student sees verdicts, not sources."""

    def preprocess_cell(self, cell, resources, cell_index):
        if is_grade(cell) and cell.cell_type == "code":
            about = cell.metadata.get("tapecheck", {})
            verdict = about.get("verdict", "")
            said = about.get("message", "")
            # A comment, so that the page shows it in full and highlights it calmly.
            cell.source = "\n".join(
                f"# {line}" for line in f"{verdict}\n{said}".split("\n")
            )
            cell.outputs = []
            cell.metadata.pop("tapecheck", None)
        return cell, resources


def lock_down(assignment: str, student: str, notebooks: list[str]) -> None:
    """Give each page a policy under which no script in it runs.

    nbgrader calls this when it has made the pages of `notebooks`.
    """
    for notebook in notebooks:
        page = Path("feedback", *Path(notebook).parts[-3:]).with_suffix(".html")
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("<head>", f"<head>\n{META}", 1), "utf-8")


def lines(result: Result) -> list[str]:
    """A sentence for each graded cell."""
    return [
        f"{name} ({cell.points:g}/{cell.max_points:g}): {cell.message or cell.verdict}"
        for name, cell in result.cells.items()
    ]


def plain(slug: str, student: str, said: list[str]) -> str:
    """A page without the notebook, for when there is none or it cannot be shown."""
    paragraphs = "\n".join(f"<p>{html.escape(line)}</p>" for line in said)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{META}\n'
        f"<title>{html.escape(slug)}: {html.escape(student)}</title>\n</head>\n<body>\n"
        f"<h1>{html.escape(slug)}</h1>\n{paragraphs}\n</body>\n</html>\n"
    )
