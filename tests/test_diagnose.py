"""Each mistake gets its own code, and no other mistake's."""

import contextlib
import io
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tapecheck import CODES, GradientMismatch, check_gradient
from tapecheck.compare import compare, relative_error
from tapecheck.diagnose import Context, diagnose

RNG = np.random.default_rng(0)
N, RATE = 5, 0.03
X, D = RNG.normal(size=(N, 2)), RNG.normal(size=(N, 3))
W = X.T @ D
B = D.sum(0)
COLUMN, ROW = RNG.uniform(0.1, 0.9, size=(2, 1)), RNG.uniform(0.1, 0.9, size=3)
OTHER = RNG.normal(size=(2, 3))


def mismatch(student, expected, **context):
    """What `check_gradient` raises, or None."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            check_gradient(student, expected, **context)
        except GradientMismatch as error:
            return error
    return None


def codes(student, expected, **context):
    error = mismatch(student, expected, **context)
    return () if error is None else error.codes


OUTER = np.outer(X[0], D[0])
SPOILED = W.copy()
SPOILED[1, 2] = 0

# (codes, student's array, right one, context)
CASES = {
    "sign": (("sign",), -W, W, {}),
    "twice": (("factor", "accumulated"), 2 * W, W, {}),
    "half": (("factor",), W / 2, W, {}),
    "three times": (("factor", "accumulated"), 3 * W, W, {}),
    "no 2/n": (("factor",), W * N / 2, W, {"batch_size": N}),
    "constant without a name": (("factor",), 0.371 * W, W, {}),
    "minus twice": (("sign+factor",), -2 * W, W, {}),
    "sum": (("sum-not-mean",), N * W, W, {"batch_size": N}),
    "mean": (("mean-not-sum",), W / N, W, {"batch_size": N}),
    "minus the sum": (("sign+sum-not-mean",), -N * W, W, {"batch_size": N}),
    "batch of two": (
        ("sum-not-mean", "factor", "accumulated"),
        2 * W,
        W,
        {"batch_size": 2},
    ),
    "batch of four": (("factor", "accumulated"), 2 * W, W, {"batch_size": 4}),
    "step": (("learning-rate",), -RATE * W, W, {"learning_rate": RATE}),
    "rate of a half": (("learning-rate", "factor"), W / 2, W, {"learning_rate": 0.5}),
    "transpose": (("transpose",), W.T, W, {}),
    "transpose, square": (("transpose",), (X.T @ X + OUTER[:, :2]).T,
                          X.T @ X + OUTER[:, :2], {}),
    "axes of a kernel": (("transpose",), RNG.normal(size=(2, 3, 4)).T * 0
                         + np.arange(24.0).reshape(2, 3, 4).T,
                         np.arange(24.0).reshape(2, 3, 4), {}),
    "outer product": (("outer-reversed", "transpose"), OUTER.T, OUTER, {}),
    "column for row": (("transpose",), B[:, None], B[None], {}),
    "transpose and twice": (("transpose+factor",), 2 * W.T, W, {}),
    "transpose and sign": (("transpose+sign",), -W.T, W, {}),
    "flat": (("reshape",), W.ravel(), W, {}),
    "kept axis": (("reshape",), B[None], B, {}),
    "(n,) for (n, 1)": (("reshape",), B, B[:, None], {}),
    "0-d for 1-d": (("reshape",), 1.5, np.array([1.5]), {}),
    "bias not summed": (("not-summed",), D, B, {}),
    "bias not averaged": (("not-summed",), D, B / N, {}),
    "bias not summed, sign": (("not-summed+sign",), -D, B, {}),
    "all axes kept": (("not-summed",), D, D.sum(), {}),
    "row not summed": (("not-summed",), D, B[None], {}),
    "weights of each sample": (("not-summed",), X * D[:, :1], X.T @ D[:, :1], {}),
    "two axes kept": (
        ("not-summed",),
        np.arange(24.0).reshape(2, 3, 4),
        np.arange(24.0).reshape(2, 3, 4).sum((0, 2)),
        {},
    ),
    "summed away": (("over-summed",), W.sum(), W, {}),
    "summed over rows": (("over-summed",), W.sum(0), W, {}),
    "wrong axis": (("wrong-axis",), D.sum(1), B, {}),
    "wrong axis of a mean": (("wrong-axis",), D.mean(1), D.mean(0), {}),
    "(n, n) residuals": (("broadcast",), D[:, :1] - X[:, 0], D[:, :1] - X[:, :1], {}),
    "repeated rows": (("broadcast", "not-summed"), np.tile(B, (N, 1)), B, {}),
    "swapped": (("swapped",), OTHER, W, {"others": {"V": OTHER}}),
    "sign, or swapped": (("sign", "swapped"), -W, W, {"others": {"V": -W}}),
    "swapped shapes": (("swapped",), B, W, {"others": {"b": B}}),
    "column factor": (("missing-factor",), W / COLUMN, W,
        {"chain_factors": {"f": COLUMN}}),
    "row factor": (("missing-factor",), W / ROW, W, {"chain_factors": {"f": ROW}}),
    "full factor": (("factor-twice",), W * OTHER, W, {"chain_factors": {"f": OTHER}}),
    "number as factor": (("missing-factor",), W / 0.37, W,
        {"chain_factors": {"f": 0.37}}),
    "factor of a half": (
        ("missing-factor", "factor", "accumulated"),
        2 * W,
        W,
        {"chain_factors": {"f": 0.5}},
    ),
    "upstream": (("no-upstream",), W / 0.7, W, {"cotangent": 0.7}),
    "upstream array": (("no-upstream",), W / OTHER, W, {"cotangent": OTHER}),
    "upstream twice": (("upstream-twice",), W * OTHER, W, {"cotangent": OTHER}),
    "upstream and 2/n": (
        ("no-upstream+factor",),
        W / 0.7 * N / 2,
        W,
        {"cotangent": 0.7, "batch_size": N},
    ),
    "factor and sign": (
        ("missing-factor+sign",),
        -W / ROW,
        W,
        {"chain_factors": {"f": ROW}},
    ),
    "foreseen": (("stale",), OTHER, W, {"alternatives": {"stale": OTHER}}),
    "not zeroed": (("accumulated",), OTHER + W, W, {"alternatives": {"stale": OTHER}}),
    "two foreseen": (
        ("stale", "wrong-loss"),
        OTHER,
        W,
        {"alternatives": {"stale": OTHER, "wrong-loss: not squared": OTHER}},
    ),
    "own name": (("one-hot-lost",), OTHER, W,
        {"alternatives": {"One-hot lost!": OTHER}}),
    "zero": (("zero",), 0 * W, W, {}),
    "zero, foreseen": (
        ("detached", "zero"),
        0 * W,
        W,
        {"alternatives": {"detached": 0 * W}},
    ),
    "zeros of another shape": (("shape",), np.zeros(7), W, {}),
    "other shape": (("shape",), RNG.normal(size=(4, 4)), W, {}),
    "each column": (("axis-factor",), W * ROW, W, {}),
    "each row": (("axis-factor",), W * COLUMN, W, {}),
    "rows exchanged": (("reordered",), W[::-1], W, {}),
    "reshape for transpose": (("reordered",), W.T.reshape(2, 3), W, {}),
    "abs": (("some-signs",), np.abs(W), W, {}),
    "one entry": (("some-entries",), SPOILED, W, {}),
    "one of two": (("some-entries",), B[:2] * [1, 3], B[:2], {}),
    "last column": (("some-entries",), W * [1, 1, 0], W, {}),
    "three digits": (("imprecise",), W * (1 + 1e-3 * OTHER), W, {}),
    "random": (("unexplained",), OTHER, W, {}),
    "not a zero": (("unexplained",), W, 0 * W, {}),
    "number": (("unexplained",), 1.7, 2.9, {}),
    "number, sign": (("sign",), -1.7, 1.7, {}),
    "number, factor": (("factor",), 1.7 / 2, 1.7, {}),
}  # fmt: skip


@pytest.mark.parametrize(("expected", "student", "right", "context"), CASES.values(),
                         ids=CASES)  # fmt: skip
def test_a_mistake_gets_its_code(expected, student, right, context):
    assert codes(student, right, **context) == expected
    assert codes(right, right, **context) == ()


@pytest.mark.parametrize(("expected", "student", "right", "context"), CASES.values(),
                         ids=CASES)  # fmt: skip
def test_float32_gets_the_same_code(expected, student, right, context):
    student = np.asarray(student, np.float32)
    assert codes(student, right, **context) == expected


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1e6, 1e12])
@pytest.mark.parametrize("name", [n for n in CASES if not CASES[n][3]])
def test_the_scale_of_a_gradient_does_not_matter(name, scale):
    expected, student, right, _ = CASES[name]
    if np.any(right):
        assert codes(scale * student, scale * right) == expected


def test_every_code_of_the_table_is_reached_somewhere():
    reached = {code for case in CASES.values() for code in case[0]}
    before_numbers = {"none", "type", "structure", "empty", "dtype", "nan", "inf"}
    about_gradients = {c.code for c in CODES.values() if c.subject == "gradient"}
    assert reached | before_numbers >= about_gradients


def test_codes_are_short_kebab_case_and_hints_are_sentences():
    for name, code in CODES.items():
        assert name == code.code
        assert re.fullmatch(r"[a-z]+(-[a-z]+){0,2}", name)
        assert not code.clause.endswith(".")
        assert code.hint.endswith(".") or code.hint == "{mend}"


def test_diagnosing_a_right_gradient_is_refused():
    (comparison,) = compare(W, W)
    with pytest.raises(ValueError, match="is right"):
        diagnose(comparison, Context())


# --- no false certainty, no answers ----------------------------------------------

numbers = st.floats(0.1, 10) | st.floats(-10, -0.1)
arrays = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=0, max_dims=2, max_side=4), elements=numbers
)


@settings(max_examples=150, deadline=None)
@given(
    arrays,
    st.sampled_from([-1, 2, 0.5, N, 1 / N, RATE]),
    st.integers(-12, 12),
)
def test_a_planted_constant_is_always_among_those_named(array, constant, exponent):
    right = array * 10.0**exponent
    named = codes(constant * right, right, batch_size=N, learning_rate=RATE)
    code = {-1: "sign", N: "sum-not-mean", 1 / N: "mean-not-sum", RATE: "learning-rate"}
    assert code.get(constant, "factor") in named


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_random_numbers_are_never_explained(seed):
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 4, size=rng.integers(0, 3))
    student, right, factor = (rng.normal(size=tuple(shape)) for _ in range(3))
    context = {
        "batch_size": N,
        "learning_rate": RATE,
        "others": {"other": rng.normal(size=tuple(shape))},
        "chain_factors": {"f": factor},
        "cotangent": 0.7,
        "alternatives": {"stale": rng.normal(size=tuple(shape))},
    }
    near = relative_error(student, right) < 1e-2  # then it is called nearly right
    expected = "imprecise" if near else "unexplained"
    assert codes(student, right, **context) == (expected,)


@settings(max_examples=100, deadline=None)
@given(st.floats(2.2, 2.8), st.floats(2.2, 2.8), st.sampled_from([1.0, 7.0, -1.3]))
def test_the_message_on_one_number_does_not_depend_on_the_right_one(a, b, student):
    """So nobody can compute it from the message, the table or the page."""
    first, second = mismatch(student, a), mismatch(student, b)
    assert first.codes == ("unexplained",)
    assert str(first) == str(second)
    assert first.table() == second.table()
    assert first._repr_html_() == second._repr_html_()


def digits(text):
    return [float(x) for x in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text)]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_message_holds_an_entry_or_the_norm_of_the_right_one(case):
    _, student, right, context = case
    error = mismatch(student, right, **context)
    shown = digits(f"{error} {' '.join(error.table())} {error._repr_html_()}")
    secrets = [*np.ravel(right), np.linalg.norm(right)]
    own = [*np.ravel(student), np.linalg.norm(student), N, 2, 1, 0]
    for secret in secrets:
        if not np.isclose(own, secret, rtol=1e-3).any():
            assert not np.isclose(shown, secret, rtol=1e-3).any()


def test_an_unnamed_constant_is_told_without_digits():
    sentence = mismatch(0.371 * W, W).sentence
    assert "constant" in sentence
    assert digits(sentence) == []
    # of one number it would be no information, so nothing is said
    assert codes(0.371 * 1.9, 1.9) == ("unexplained",)
    assert codes(0.371 * np.full(4, 1.9), np.full(4, 1.9)) == ("unexplained",)
