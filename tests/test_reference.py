"""The reference page: its examples run, and it leaves no public name out."""

import doctest
import inspect
import re
from pathlib import Path

import pytest

import tapecheck
from tapecheck import cli, data, figures, ops, plots, tapes

PAGE = Path(__file__).parents[1] / "book" / "reference" / "tapecheck.md"
BLOCK = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def failures(text: str) -> int:
    """Number of examples whose output is not the one shown; a session for all."""
    runner = doctest.DocTestRunner(verbose=False)
    session: dict = {}
    for block in BLOCK.findall(text):
        test = doctest.DocTestParser().get_doctest(block, session, "page", None, 0)
        runner.run(test, clear_globs=False)
        session = test.globs
    assert runner.tries > 10
    return runner.failures


def test_every_example_gives_the_output_shown():
    assert failures(PAGE.read_text(encoding="utf-8")) == 0


def test_an_example_with_another_output_would_be_noticed():
    text = PAGE.read_text(encoding="utf-8").replace("[transpose]", "[sign]")
    assert failures(text) == 1


def test_every_public_name_and_argument_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    for name in tapecheck.__all__:
        if name != "CODES":  # shown as the table
            assert f"`{name}" in text
    for argument in inspect.signature(tapecheck.check_gradient).parameters:
        if argument not in ("student", "expected"):
            assert f"| `{argument}` |" in text


def public_functions(module) -> list[str]:
    """What a page or an exercise may use of a module: its own functions and errors."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    return [
        name
        for name, thing in vars(module).items()
        if (inspect.isfunction(thing) or inspect.isclass(thing))
        and thing.__module__ == module.__name__
        and not name.startswith("_")
    ]


@pytest.mark.parametrize("module", [data, figures, ops, plots, tapes])
def test_every_function_for_pages_and_exercises_is_on_the_page(module):
    text = PAGE.read_text(encoding="utf-8")
    names = set(public_functions(module)) - {"answer"}  # the other end of `through`
    assert names and {n for n in names if not re.search(rf"`{n}[`(]", text)} == set()
    found = inspect.signature(ops.through).parameters
    assert {a for a in found if f"| `{a}` |" not in text} == set()


def test_every_command_is_on_the_page_and_none_that_is_not_there(capsys):
    text = PAGE.read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    listed = re.findall(r"^    ([a-z][a-z-]+)\b", capsys.readouterr().out, re.MULTILINE)
    shown = re.findall(r"^\| `tapecheck ([a-z-]+)", text, re.MULTILINE)
    assert len(listed) >= 4 and set(shown) == set(listed)


@pytest.mark.parametrize("name", [n for n in tapecheck.__all__ if n != "CODES"])
def test_every_public_name_has_a_docstring_with_what_it_raises(name):
    thing = getattr(tapecheck, name)
    text = inspect.getdoc(thing)
    assert text
    if inspect.isfunction(thing):
        assert "Raises:" in text
        assert "Args:" in text
