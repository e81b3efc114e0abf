"""Eight submissions of chapter 3's assignment: right, wrong in three ways, and broken.

    python tests/submissions/build.py FOLDER

They are made from the released notebook and from tests/answers, so they never go
stale. `TABLE` says what each must lose; `make grade` grades them.
"""

import sys
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).parents[1]))

from assignments import ROOT, answers, exercises  # noqa: E402

SLUG = "03-backprop-by-hand"
EVERYTHING = "everything"
REFUSED = "refused"

# Student: the exercises answered otherwise than by the author, and how. The name of a
# file in tests/answers/<slug>/<exercise>/wrong, or the text of a cell.
HANDED_IN: dict[str, dict[str, str]] = {
    "ada-right": {},
    "ben-wrong-slopes": {
        "neuron": "loss_slope_sign",
        "l_prime": "no_sigmoid",
        "house_net": "outer_product_reversed",
    },
    "cem-wrong-sums": {
        "layers": "overwritten_cache",
        "layer_norm": "sum_for_mean",
    },
    "dia-wrong-shapes": {
        "neuron": "no_return",
        "l_prime": "output_transposed",
        "house_net": "bias_keeps_batch",
    },
    "eve-crash": {"softmax": "import os\nos._exit(1)"},
    "fay-infinite-loop": {"neuron": "while True:\n    pass"},
}


def lost() -> dict[str, set[str] | str]:
    """What each student must lose: grade ids, or `EVERYTHING`, or `REFUSED`."""
    corpus = {(a.exercise, a.path.stem): a for a in answers(SLUG) if not a.right}
    tests = {exercise.name: set(exercise.tests) for exercise in exercises(SLUG)}
    table: dict[str, set[str] | str] = {}
    for student, changed in HANDED_IN.items():
        table[student] = set()
        for exercise, how in changed.items():
            answer = corpus.get((exercise, how))
            table[student] |= set(answer.loses) if answer else tests[exercise]
    return table | {"gus-empty-notebook": EVERYTHING, "hal-broken-json": REFUSED}


def build(folder: Path) -> None:
    """Write the eight submissions into `folder`."""
    released = (ROOT / "exercises" / SLUG / f"{SLUG}.ipynb").read_text("utf-8")
    solutions = {exercise.name: exercise.solution for exercise in exercises(SLUG)}
    wrong = {(a.exercise, a.path.stem): a.text for a in answers(SLUG)}
    for student, changed in HANDED_IN.items():
        notebook = nbformat.reads(released, as_version=4)
        cells = {name: wrong.get((name, how), how) for name, how in changed.items()}
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = {**solutions, **cells}.get(name, cell.source)
        write(folder, student, nbformat.writes(notebook))
    empty = nbformat.writes(nbformat.v4.new_notebook())
    write(folder, "gus-empty-notebook", empty)
    write(folder, "hal-broken-json", released[: len(released) // 2])


def write(folder: Path, student: str, text: str) -> None:
    path = folder / student / f"{SLUG}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
