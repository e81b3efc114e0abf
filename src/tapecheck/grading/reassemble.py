"""The instructor's notebook with the student's answers put back in.

Students duplicate, delete, reorder, split, re-type and re-tag cells. Nothing but the
text of their solution cells, and of cells of their own, is taken over; everything else
comes from the source, so there is nothing left to damage or to forge.
"""

import ast
import functools
import html
import re
from urllib.parse import unquote

import nbformat
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_solution

from tapecheck.grading.course import Assignment
from tapecheck.grading.intake import clean_cell


class Reassemble(NbGraderPreprocessor):
    """Rebuild a submitted notebook from the source; what was healed is noted.

    The notes are in ``nb.metadata.tapecheck.notes``, for the instructor.
    """

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        # nbgrader's converters run in the course's root.
        assignment = Assignment.here(about["assignment"])
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(about["notebook"], about["assignment"])
            stubs = {cell.name: cell.source for cell in notebook.source_cells}
        notes = list(nb.metadata.get("tapecheck", {}).get("notes", []))
        cells = [clean_cell(cell) for cell in nb.cells]
        rebuilt = reassemble(
            assignment.notebook, [c for c in cells if c is not None], stubs, notes
        )
        rebuilt.metadata["tapecheck"] = {"notes": notes, "healed": len(notes)}
        return rebuilt, resources


def reassemble(source, cells: list, stubs: dict[str, str], notes: list[str]):
    """The notebook `source` with the answers found in a student's `cells`.

    `stubs` has each source cell's released text by grade id; whatever had to be
    healed is added to `notes`. A student's own cells keep their places: each follows
    the last cell of the source that stood before it.
    """
    known = {name: cell for cell in source.cells if (name := grade_id(cell))}
    answers: dict[str, list[str]] = {}
    own: dict[str | None, list] = {}
    order = []
    place: str | None = None
    for cell in cells:
        name = grade_id(cell)
        if name is None or name not in known:
            own.setdefault(place, []).append(cell)
            continue
        place = name
        order.append(name)
        if is_solution(known[name]):
            answers.setdefault(name, []).append(cell.source)
            if cell.cell_type != known[name].cell_type:
                notes.append(f"{name}: the cell's type was {cell.cell_type}; restored")
    expected = [name for name in known if name in order]
    if list(dict.fromkeys(order)) != expected:
        notes.append("cells stood in another order; restored")

    unanswered = []
    for name, cell in known.items():
        if is_solution(cell) and name not in answers:
            answers[name] = untagged_answers(cell, own)
            if answers[name]:
                notes.append(f"{name}: the answer was found in an untagged cell")
            else:
                unanswered.append(name)
    if unanswered:
        notes.append(f"without their answers' cells: {listed(unanswered)}")

    bring_home(known, answers, notes)

    missing = [name for name in known if not is_solution(known[name])]
    missing = [name for name in missing if name not in order]
    if missing:
        notes.append(f"missing and restored: {listed(missing)}")

    rebuilt = nbformat.from_dict(source)
    rebuilt.cells = own_cells(own.pop(None, []))
    for cell in nbformat.from_dict(source).cells:
        name = grade_id(cell)
        if name is None:
            # Untagged text is the instructor's; untagged code came in the
            # student's copy, perhaps edited, and is among `own`.
            if cell.cell_type != "code":
                rebuilt.cells.append(cell)
            continue
        if is_solution(cell):
            cell.source = answer(name, answers[name], stubs, notes)
            if cell.cell_type == "markdown":
                cell.source = harmless(cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        rebuilt.cells.append(cell)
        rebuilt.cells += own_cells(own.pop(name, []))
    return rebuilt


def listed(names: list[str]) -> str:
    """Grade ids for a note; of very many only how many, and the first."""
    if len(names) <= 5:
        return ", ".join(names)
    return f"{len(names)} cells, the first {names[0]}"


def bring_home(known, answers: dict[str, list[str]], notes: list[str]) -> None:
    """Move answers that stand under the grade id of another exercise."""
    wanted = {name: bound_names(known[name].source) for name in answers}
    for name, names in wanted.items():
        if not names or any(names & bound_names(text) for text in answers[name]):
            continue
        for other, texts in answers.items():
            for text in [t for t in texts if names & bound_names(t)]:
                if not wanted[other] & bound_names(text):
                    texts.remove(text)
                    answers[name].append(text)
                    notes.append(f"{name}: the answer stood under {other}")


def answer(name, texts, stubs, notes) -> str:
    """The student's text for one solution cell."""
    if len(texts) < 2:
        return "".join(texts)
    notes.append(f"{name}: {len(texts)} copies")
    written = list(dict.fromkeys(text for text in texts if text != stubs.get(name)))
    if not written:
        return texts[0]
    # Jupyter's "split cell" leaves two cells with one grade id: join them again.
    joined = "\n".join(written)
    return joined if parses(joined) else written[-1]


def untagged_answers(cell, own) -> list[str]:
    """Take out the last of a student's own cells that binds what `cell` binds."""
    wanted = bound_names(cell.source)
    for cells in reversed(own.values()):
        for candidate in reversed(cells):
            if wanted & bound_names(candidate.source):
                cells.remove(candidate)
                return [candidate.source]
    return []


def own_cells(cells: list) -> list:
    """A student's own cells, stripped of any claim to be the instructor's."""
    for cell in cells:
        cell.metadata.pop("nbgrader", None)
        if cell.cell_type == "raw":
            cell.cell_type = "markdown"
        if cell.cell_type == "markdown":
            cell.source = harmless(cell.source)
    return cells


def harmless(text: str) -> str:
    """A student's Markdown without HTML and without links that run script.

    nbgrader's pages, the formgrader's among them, render Markdown as it is.
    """

    def link(found: re.Match) -> str:
        target = re.sub(r"[\s\x00-\x20]", "", html.unescape(unquote(found[2]))).lower()
        scheme = target.partition(":")[0] if ":" in target else ""
        known = scheme in ("", "http", "https", "mailto", "attachment")
        return found[0] if known else f"{found[1]}#"

    text = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)
    text = re.sub(r"(\]\(\s*<?)([^)\s>]*)", link, text)
    return re.sub(r"(?m)^(\s*\[[^\]]+\]:\s*<?)(\S+)", link, text)


def grade_id(cell) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@functools.lru_cache(1000)  # most cells are the same in all submissions
def bound_names(text: str) -> frozenset[str]:
    """The names that the top level of a cell defines or assigns, imports left out."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    names = set()
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            names |= {
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
    return frozenset(names)
