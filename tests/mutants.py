"""Do the hidden tests kill small changes of the right answer? (`make mutants`)

Every solution is changed in one place at a time: a sign, a factor, a transpose, a
dropped term, an exchanged name, an axis, a number off by one. A change that the tests
let pass is *alive*: the tests need mending, or the change is equivalent, which
tests/equivalent_mutants.csv then says, with the reason.
"""

import argparse
import ast
import copy
import csv
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assignments import SLUGS, Exercise, exercises

EQUIVALENT = Path(__file__).with_name("equivalent_mutants.csv")


@dataclass(frozen=True)
class Mutant:
    """One changed solution; `text` says what was changed, and is its name."""

    exercise: Exercise
    text: str
    source: str

    def is_killed(self) -> bool:
        try:
            return bool(self.exercise.failures(self.source, first=True, seconds=30))
        except TimeoutError:
            return True

    @property
    def key(self) -> tuple[str, str, str]:
        return self.exercise.slug, self.exercise.name, self.text


def mutants(exercise: Exercise) -> list[Mutant]:
    """Every mutant of an exercise's solution, each source once."""
    tree = ast.parse(exercise.solution)
    answer_lines = _answer_lines(exercise.solution)
    seen = {ast.unparse(tree)}
    found = []
    for node in ast.walk(tree):
        if getattr(node, "lineno", None) not in answer_lines:
            continue
        statement, names = _surroundings(tree, node)
        for kind, replacement in _changes(node, names):
            changed = _replaced(tree, node, replacement)
            source = ast.unparse(changed)
            if source in seen:
                continue
            seen.add(source)
            after = _replaced(statement, node, replacement)
            found.append(
                Mutant(
                    exercise, f"{kind}: {_line(statement)} -> {_line(after)}", source
                )
            )
    return found


def equivalents() -> dict[tuple[str, str, str], str]:
    """The mutants that no test can kill, with the reason."""
    with EQUIVALENT.open(newline="", encoding="utf-8") as file:
        return {
            (row["slug"], row["exercise"], row["mutant"]): row["reason"]
            for row in csv.DictReader(file)
        }


def _answer_lines(solution: str) -> set[int]:
    """Line numbers between the solution markers."""
    lines, inside = set(), False
    for number, line in enumerate(solution.splitlines(), start=1):
        if "### BEGIN SOLUTION" in line:
            inside = True
        elif "### END SOLUTION" in line:
            inside = False
        elif inside:
            lines.add(number)
    return lines


def _surroundings(tree: ast.AST, node: ast.AST) -> tuple[ast.stmt, list[str]]:
    """The smallest statement around `node`, and the names of its function."""
    statement, names = None, []
    for outer in ast.walk(tree):
        if isinstance(outer, ast.stmt) and any(n is node for n in ast.walk(outer)):
            statement = outer  # ast.walk goes from the outside to the inside
            if isinstance(outer, ast.FunctionDef):
                names = [a.arg for a in outer.args.args if a.arg != "self"]
                names += [
                    n.id
                    for n in ast.walk(outer)
                    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
                ]
    assert statement is not None
    return statement, sorted(set(names))


def _changes(node: ast.AST, names: list[str]) -> Iterator[tuple[str, ast.AST]]:
    """Ways to change one node: (kind, what takes its place)."""
    match node:
        case ast.BinOp(left, op, right):
            yield from _operator_changes(node, left, op, right)
        case ast.UnaryOp(ast.USub(), operand):
            yield "sign", operand
        case ast.Attribute(value, "T"):
            yield "transpose", value
        case ast.Call(args=args, keywords=keywords):
            yield from _call_changes(node, args, keywords)
        case ast.Constant(value) if type(value) in (int, float):
            yield "off-by-one", ast.Constant(value + 1)
            if value:
                yield "factor", ast.Constant(value * 2)
        case ast.Name(name, ast.Load()) if name in names and len(names) > 1:
            other = names[(names.index(name) + 1) % len(names)]
            yield "swapped name", ast.Name(other, ast.Load())
        case ast.Compare(left, [ast.Lt()], right):
            yield "off-by-one", ast.Compare(left, [ast.LtE()], right)
        case ast.AugAssign(target, ast.Add(), value):
            yield "sign", ast.AugAssign(target, ast.Sub(), value)
            yield "dropped term", ast.Assign([target], value, lineno=node.lineno)
        case ast.Return(value) if value is not None:
            if not isinstance(value, ast.Dict):
                yield "sign", ast.Return(_negative(value))
                yield "factor", ast.Return(_twice(value))
            yield "dropped term", ast.Return(None)
        case ast.Dict(keys, values):
            for i in range(len(values)):
                for kind, new in [("sign", _negative), ("factor", _twice)]:
                    changed = [new(v) if j == i else v for j, v in enumerate(values)]
                    yield kind, ast.Dict(keys, changed)


def _operator_changes(node, left, op, right) -> Iterator[tuple[str, ast.AST]]:
    match op:
        case ast.Add():
            yield "sign", ast.BinOp(left, ast.Sub(), right)
        case ast.Sub():
            yield "sign", ast.BinOp(left, ast.Add(), right)
            yield "sign", ast.BinOp(right, op, left)
        case ast.MatMult():
            yield "transpose", ast.BinOp(right, op, left)
        case ast.Div():
            yield "factor", ast.BinOp(left, ast.Mult(), right)
    yield "dropped term", left
    if not isinstance(op, ast.Pow | ast.Div):
        yield "dropped term", right
    yield "factor", _twice(node)


def _call_changes(node, args, keywords) -> Iterator[tuple[str, ast.AST]]:
    for i, keyword in enumerate(keywords):
        others = keywords[:i] + keywords[i + 1 :]
        yield "axis", ast.Call(node.func, args, others)
        match keyword:
            case ast.keyword("axis", ast.Constant(int(axis))):
                swapped = ast.keyword("axis", ast.Constant(1 - axis))
                yield "axis", ast.Call(node.func, args, [*others, swapped])
    match node.func:
        case ast.Attribute(value, "sum"):
            mean = ast.Attribute(value, "mean", ast.Load())
            yield "factor", ast.Call(mean, args, keywords)
        case ast.Attribute(value, "mean"):
            total = ast.Attribute(value, "sum", ast.Load())
            yield "factor", ast.Call(total, args, keywords)


def _negative(value: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.USub(), value)


def _twice(value: ast.expr) -> ast.expr:
    return ast.BinOp(ast.Constant(2), ast.Mult(), value)


def _replaced(tree: ast.AST, node: ast.AST, replacement: ast.AST) -> ast.AST:
    """A copy of `tree` in which `replacement` stands for `node`."""
    # deepcopy takes what its memo holds for an object instead of copying it.
    return copy.deepcopy(tree, {id(node): replacement})


def _line(statement: ast.AST) -> str:
    """A statement on one line, only its head if it holds others."""
    text = ast.unparse(statement)
    return (
        text.splitlines()[0] if hasattr(statement, "body") else " ".join(text.split())
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("slugs", nargs="*", default=SLUGS, metavar="SLUG")
    parser.add_argument("--exercise", help="this one only")
    parser.add_argument("--sample", type=int, help="try that many, drawn at random")
    options = parser.parse_args()
    known, alive = equivalents(), 0
    for slug in options.slugs:
        chosen = [e for e in exercises(slug) if options.exercise in (None, e.name)]
        for exercise in chosen:
            # Tests that fail anything would kill everything. This also imports the
            # frameworks, which no mutant's time may pay for.
            if failed := exercise.failures(exercise.solution):
                sys.exit(f"{slug}: {exercise.name}: the solution itself fails {failed}")
        every = [mutant for exercise in chosen for mutant in mutants(exercise)]
        if options.sample:
            every = random.sample(every, min(options.sample, len(every)))
        killed = equivalent = 0
        for mutant in every:
            if mutant.is_killed():
                killed += 1
            elif mutant.key in known:
                equivalent += 1
            else:
                alive += 1
                print(f"alive: {mutant.exercise.name}: {mutant.text}", flush=True)
        print(f"{slug}: {killed} killed, {equivalent} equivalent, of {len(every)}")
    sys.exit(alive > 0)


if __name__ == "__main__":
    main()
