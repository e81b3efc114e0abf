"""`check_gradient` as a notebook meets it: one line, one sentence, no surprises."""

import contextlib
import html.parser
import io
import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell

from tapecheck import CODES, ExerciseError, GradientMismatch, check_gradient
from tapecheck.check import CheckFailed, check_keys, check_that, check_unchanged

W = np.random.default_rng(0).normal(size=(2, 3))
B = W.sum(0)


def mismatch(student, expected, *args, **options):
    with pytest.raises(GradientMismatch) as caught:
        check_gradient(student, expected, *args, **options)
    return caught.value


def test_success_is_one_short_line(capsys):
    assert check_gradient(W, W, "dL/dW") is None
    assert capsys.readouterr().out == "✓ dL/dW is right (2 × 3)\n"
    check_gradient(1.0, 1.0, "f'(x)")
    assert capsys.readouterr().out == "✓ f'(x) is right\n"
    check_gradient({"W": W, "b": B}, {"W": W, "b": B}, "grads")
    assert capsys.readouterr().out == "✓ grads is right: all 2 gradients agree\n"


def test_failure_prints_nothing_and_raises_a_sentence_a_hint_and_the_codes(capsys):
    error = mismatch(-W, W, "dL/dW")
    assert capsys.readouterr().out == ""
    assert isinstance(error, AssertionError)
    assert error.codes == ("sign",)
    assert error.name == "dL/dW"
    assert error.sentence == "Your dL/dW has the opposite sign everywhere."
    assert error.hint == CODES["sign"].hint
    assert str(error) == f"{error.sentence} {error.hint} [sign]"
    assert mismatch(2 * W, W).codes == ("factor", "accumulated")
    assert str(mismatch(2 * W, W)).endswith("[factor|accumulated]")


def test_the_first_mistake_with_a_name_is_told_and_the_others_are_listed():
    noise = np.random.default_rng(1).normal(size=(2, 3))
    right = {"W1": W, "b1": B, "W2": W + 1, "b2": B + 1}
    wrong = {"W1": noise, "b1": -B, "W2": W + 1, "b2": -B - 1}
    error = mismatch(wrong, right, "grads")
    assert error.codes == ("sign",)
    assert error.name == 'grads["b1"]'
    assert error.sentence == (
        'Your grads["b1"] has the opposite sign everywhere. The same goes for'
        ' grads["b2"]. Wrong in another way: grads["W1"].'
    )
    assert [row.verdict for row in error.rows] == ["wrong", "wrong", "right", "wrong"]


def test_the_gradients_of_a_nesting_know_of_each_other():
    error = mismatch((W.T @ W, W), (W, W.T @ W), "grads")
    assert error.codes == ("swapped",)
    assert "holds the gradient that belongs to grads[1]" in error.sentence


def test_alternatives_may_be_nested_like_the_gradients():
    stale = {"W": W + 1, "b": B + 1}
    right = {"W": W, "b": B}
    student = {"W": W, "b": B + 1}
    error = mismatch(student, right, alternatives={"stale": stale})
    assert error.codes == ("stale",)
    assert mismatch(student, right).codes == ("unexplained",)


def test_the_table_shows_shapes_and_the_student_s_own_norm_only():
    error = mismatch([[3.0, 4.0]], [5.0, 12.0], "dL/db")
    heading, line = error.table()
    assert heading.split() == ["gradient", "shape", "wanted", "dtype", "your", "norm"]
    assert line.split() == ["dL/db", "wrong", "(1,", "2)", "(2,)", "float64", "5"]
    text = "\n".join([*error.table(), error._repr_html_(), str(error)])
    assert not re.search(r"\b13\b", text)  # the norm of the right one


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_html_is_well_formed_and_escaped():
    error = mismatch({"<script>": -W}, {"<script>": W}, "<b>grads</b>")
    tags = Tags()
    tags.feed(error._repr_html_())
    assert tags.open == []
    assert "script" not in tags.seen
    assert "b" not in tags.seen
    assert tags.seen.count("td") == 6


def test_jupyter_shows_the_sentence_and_no_traceback(capsys):
    shell = InteractiveShell.instance()
    try:
        shell.run_cell("from tapecheck import check_gradient")
        capsys.readouterr()
        shell.run_cell("check_gradient([1., 2.], [1., 2.], 'g')")
        assert capsys.readouterr().out == "\x1b[32m✓ g is right (2)\x1b[0m\n"
        shell.run_cell("check_gradient([1., 2.], [-1., -2.], 'g')")
        shown = capsys.readouterr().out
    finally:
        InteractiveShell.clear_instance()
    assert "Your g has the opposite sign everywhere." in shown
    assert "[sign]" in shown
    for noise in ("Traceback", "check.py", "raise", "GradientMismatch"):
        assert noise not in shown


def test_an_unusable_context_is_the_exercise_s_fault():
    for context in (
        {"others": {"b": None}},
        {"chain_factors": {"f": "x"}},
        {"cotangent": W * np.nan},
        {"alternatives": {"stale": None}},
        {"batch_size": 0},
        {"learning_rate": "0.1"},
    ):
        for student in (-W, W):
            with pytest.raises(ExerciseError, match="exercise's own"):
                check_gradient(student, W, **context)


def test_a_foreseen_mistake_may_overflow():
    for foreseen in (W * np.inf, np.full((2, 3), np.nan)):
        assert mismatch(-W, W, alternatives={"stale": foreseen}).codes == ("sign",)
        check_gradient(W, W, alternatives={"stale": foreseen})


def test_it_can_be_sent_to_another_process():
    error = mismatch(-W, W, "dL/dW")
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert copy.codes == error.codes
    assert copy.table() == error.table()


# --- anything at all -------------------------------------------------------------


class Raises:
    """An object that objects to everything."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    __eq__ = __len__ = __iter__ = __float__ = __array__ = __bool__ = __hash__ = (
        __getattribute__
    )

    def __repr__(self):
        return "Raises()"


class Endless:
    def __iter__(self):
        return self

    def __next__(self):
        return 1.0

    def __len__(self):
        return 2**60

    def __getitem__(self, index):
        return self


leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.builds(object)
    | st.builds(Raises)
    | st.builds(Endless)
    | st.sampled_from([int, len, np, np.float64, print, ..., NotImplemented, {1}, W])
    | st.builds(lambda shape: np.empty(shape, object), st.integers(0, 3))
    | st.builds(lambda x: np.array(x, "f4"), st.lists(st.floats(width=32), max_size=4))
    | st.builds(iter, st.lists(st.floats(), max_size=3))
)
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
        | st.builds(lambda x: {"W": x, "b": B}, inner)
        | st.builds(lambda x: (x, B), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=2000)
@given(anything, st.sampled_from([W, 1.5, {"W": W, "b": B}, (W, B), [1.0, 2.0]]))
def test_any_object_gets_a_sentence(student, expected):
    """Nothing but a `GradientMismatch` comes out, and it reads as one."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            check_gradient(student, expected)
        except GradientMismatch as error:
            assert str(error).endswith(f" [{'|'.join(error.codes)}]")
            assert error.sentence.startswith("Your gradient")
            assert error._repr_html_()
            return
    assert not isinstance(expected, np.ndarray) or student is W


@settings(max_examples=200, deadline=2000)
@given(anything)
def test_any_object_as_the_right_one_is_used_or_refused(expected):
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            check_gradient(W, expected)
        except (GradientMismatch, ExerciseError) as error:
            assert str(error)


def test_a_returned_dict_may_hold_more_but_not_less():
    check_keys({"w": W, "b": B, "loss": 1.0}, ["w", "b"], "step(...)")
    for returned, code, sentence in [
        (None, "none", "Your step(...) is None: no gradient came back."),
        ({"w": W}, "structure", 'Your step(...) has no entry "b".'),
        (
            (W, B),
            "structure",
            'Your step(...) is not a dict; it must be one with the keys "w", "b".',
        ),
    ]:
        with pytest.raises(GradientMismatch) as caught:
            check_keys(returned, ["w", "b"], "step(...)")
        assert caught.value.codes == (code,)
        assert caught.value.sentence == sentence
        assert len(caught.value._render_traceback_()) == 1


def test_an_argument_that_was_written_to_is_named():
    given = W.copy()
    check_unchanged(given, W, "W")
    given[0, 0] += 1
    with pytest.raises(GradientMismatch) as caught:
        check_unchanged(given, W, "W")
    assert caught.value.codes == ("input-changed",)
    assert caught.value.sentence == "Your function changed W in place."


def test_any_other_fact_is_told_in_one_sentence(capsys):
    check_that(1 < 2, "One is less than two.")
    with pytest.raises(CheckFailed, match=r"^There should be 2 epochs\.$") as caught:
        check_that(1 > 2, "There should be 2 epochs.")
    assert isinstance(caught.value, AssertionError)
    shell = InteractiveShell.instance()
    try:
        shell.run_cell("from tapecheck.check import check_that")
        capsys.readouterr()
        shell.run_cell("check_that(True, 'There should be 2 epochs.')")
        assert capsys.readouterr().out == ""
        shell.run_cell("check_that(False, 'There should be 2 epochs.')")
        told = capsys.readouterr().out
        shell.run_cell("assert False, 'There should be 2 epochs.'")
        asserted = capsys.readouterr().out
    finally:
        InteractiveShell.clear_instance()
    assert told.strip() == "\x1b[31m✗\x1b[0m There should be 2 epochs."
    assert "Traceback" in asserted
