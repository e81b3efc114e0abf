"""What every worker would do at its first submission, done where they are forked from.

Importing this imports all that grades a submission, and then makes a page: nbformat
compiles its schema for it, SQLAlchemy links nbgrader's tables, Jinja compiles the
templates, and Pygments its rules.
"""

import contextlib

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.orm import configure_mappers
from traitlets.config import Config

# nbgrader imports these by the names that `course.configure` gives.
from tapecheck.grading import execute, reassemble, verdicts  # noqa: F401
from tapecheck.grading.feedback import Page
from tapecheck.grading.worker import TEMPLATE


def rehearse() -> None:
    notebook = new_notebook(cells=[new_markdown_cell("$x$"), new_code_cell("x")])
    nbformat.validate(notebook)
    configure_mappers()
    converter = GenerateFeedback(coursedir=CourseDirectory(), config=Config(TEMPLATE))
    about = {"notebook": "", "score": 0, "max_score": 0, "late_penalty": 0}
    Page(config=converter.config).from_notebook_node(notebook, {"nbgrader": about})


with contextlib.suppress(Exception):  # the first submission will tell
    rehearse()
