"""Right answers get full marks; each wrong one loses what it should, and says why.

The answers are in tests/answers/<slug>/<exercise>/{right,wrong}/*.py. A wrong one
starts with two lines: `# diagnosis:`, the codes that students must be told (or
`none`), and `# loses:`, exactly the cells it must fail. Exercises do not depend on
each other, so one submission carries one answer to each of them.

`make answers` grades the whole corpus; without it every fifth submission stands for
the rest, and what tests draw is the same each time.
"""

import functools
import itertools
import os
import tempfile
from pathlib import Path

import nbformat
import pytest
from assignments import ROOT, SLUGS, Answer, answers, exercises

from tapecheck.grading import CellResult, grade

EVERY = 1 if os.environ.get("TAPECHECK_ALL_ANSWERS") == "1" else 5
SEED = None if EVERY == 1 else 1


def submissions(slug: str) -> list[dict[str, Answer]]:
    """The corpus as submissions: for each exercise name one answer, in order."""
    by_exercise = {exercise.name: [] for exercise in exercises(slug)}
    for answer in answers(slug):
        by_exercise[answer.exercise].append(answer)
    rounds = itertools.zip_longest(*by_exercise.values())
    corpus = [
        {answer.exercise: answer for answer in one_round if answer}
        for one_round in rounds
    ]
    return corpus[::EVERY]


ANSWERS = [
    answer
    for slug in SLUGS
    for one_round in submissions(slug)
    for answer in one_round.values()
]


@functools.cache
def graded(slug: str) -> dict[Path, dict[str, CellResult]]:
    """Grade the whole corpus of an assignment; the cells of each answer's exercise."""
    release = ROOT / "exercises" / slug / f"{slug}.ipynb"
    solutions = {exercise.name: exercise.solution for exercise in exercises(slug)}
    tests = {exercise.name: exercise.tests for exercise in exercises(slug)}
    handed_in = submissions(slug)
    with tempfile.TemporaryDirectory() as folder:
        for number, chosen in enumerate(handed_in):
            notebook = nbformat.read(release, as_version=4)
            for cell in notebook.cells:
                name = cell.metadata.get("nbgrader", {}).get("grade_id")
                if name in solutions:
                    answer = chosen.get(name)
                    cell.source = answer.text if answer else solutions[name]
            student = Path(folder, "in", f"student-{number:02}")
            student.mkdir(parents=True)
            nbformat.write(notebook, student / f"{slug}.ipynb")
        results = grade(
            slug, Path(folder, "in"), Path(folder, "out"), course=ROOT, seed=SEED
        )
    return {
        answer.path: {test: result.cells[test] for test in tests[answer.exercise]}
        for result, chosen in zip(results, handed_in, strict=True)
        for answer in chosen.values()
    }


def problems(answer: Answer, cells: dict[str, CellResult]) -> list[str]:
    """What is not as the answer's header says."""
    failed = {name for name, cell in cells.items() if cell.points < cell.max_points}
    found = [f"loses {name}" for name in failed - set(answer.loses)]
    found += [f"does not lose {name}" for name in set(answer.loses) - failed]
    told = {code for name in failed for code in cells[name].codes}
    found += [f"is not told {code}" for code in set(answer.diagnoses) - told]
    if found:
        found += [cells[name].message for name in failed]
    return found


def label(answer: Answer) -> str:
    kind = answer.path.parent.name
    return f"{answer.slug}-{answer.exercise}-{kind}-{answer.path.stem}"


# Answers to one assignment are graded together, so they stay in one process.
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(a, id=label(a), marks=pytest.mark.xdist_group(a.slug))
        for a in ANSWERS
    ],
)
def test_answer(answer):
    assert problems(answer, graded(answer.slug)[answer.path]) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_every_exercise_has_right_and_wrong_answers(slug):
    for exercise in exercises(slug):
        mine = [a for a in answers(slug) if a.exercise == exercise.name]
        assert sum(a.right for a in mine) >= 3, exercise.name
        wrong = [a for a in mine if not a.right]
        assert len(wrong) >= 3, exercise.name
        # Every graded cell is lost by some wrong answer, or it tests nothing.
        assert {g for a in wrong for g in a.loses} == set(exercise.tests)


def test_a_wrong_verdict_is_noticed(tmp_path):
    folder = tmp_path / "neuron" / "wrong"
    folder.mkdir(parents=True)
    path = folder / "flipped.py"
    path.write_text("# diagnosis: sign\n# loses: neuron-weights\n")
    answer = Answer("slug", "neuron", False, path)
    lost = CellResult(0, 2, "failed", "Wrong. [sign]", ("sign",))
    kept = CellResult(2, 2, "passed")
    other = CellResult(0, 2, "failed", "Wrong. [factor]", ("factor",))
    assert problems(answer, {"neuron-weights": lost}) == []
    assert "does not lose" in problems(answer, {"neuron-weights": kept})[0]
    assert "is not told" in problems(answer, {"neuron-weights": other})[0]
    both = {"neuron-weights": lost, "neuron-bias": lost}
    assert "loses neuron-bias" in problems(answer, both)
