"""The hypotheses: for each mistake, what it would have made of the right gradient.

Every function here yields `Finding`s that fit the student's array to within
rounding. `tapecheck.diagnose` chooses among them.
"""

import itertools
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from tapecheck.codes import CODES
from tapecheck.compare import (
    ZERO,
    Comparison,
    largest,
    relative_error,
)
from tapecheck.positions import describe, worst

NEARLY = 1e-2
"""A relative error below this is called nearly right."""


@dataclass(frozen=True)
class Context:
    """What an exercise knows beside the right gradient; see `check_gradient`."""

    batch_size: int | None = None
    learning_rate: float | None = None
    others: Mapping[str, np.ndarray] = field(default_factory=dict)
    chain_factors: Mapping[str, np.ndarray] = field(default_factory=dict)
    cotangent: np.ndarray | None = None
    alternatives: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One explanation that fits. `clause` completes "Your gradient ..."."""

    code: str
    clause: str
    hint: str
    level: int


class Case:
    """One wrong array of the student's beside the right one, both float64."""

    def __init__(self, comparison: Comparison) -> None:
        assert comparison.student is not None
        self.student = comparison.student
        self.expected = comparison.expected
        self.error = comparison.error
        self.tolerance = comparison.tolerance
        # If all entries that count are of one size, they carry one number. It is as
        # good as a scalar, which meets a named constant more easily.
        self.one_number = not self._several_sizes()
        if self.one_number:
            self.tolerance /= 10
        self.is_zero = largest(self.expected) >= ZERO and not self.student.any()

    def _several_sizes(self) -> bool:
        top = largest(self.expected)
        for part in (sample(self.expected), self.expected):
            sizes = np.abs(part)
            counts = (sizes > 100 * self.tolerance * top) & (sizes < (1 - 1e-6) * top)
            if counts.any():
                return True
        return False

    def fits(self, candidate: np.ndarray) -> bool:
        """Whether `candidate` is the student's array to within rounding."""
        return self._same(candidate, self.student)

    def is_right(self, mended: np.ndarray) -> bool:
        """Whether the student's array, `mended`, is the right one."""
        return self._same(mended, self.expected)

    def _same(self, a: np.ndarray, b: np.ndarray) -> bool:
        if a.shape != b.shape:
            return False
        difference = largest(corner(a) - corner(b))
        if not difference <= 2 * self.tolerance * largest(b):
            return False
        return relative_error(a, b) < self.tolerance


# A few entries decide most cases without touching the rest of a large array.


def corner(array: np.ndarray) -> np.ndarray:
    """The first entries along every axis, as a view."""
    return array[(slice(0, 16),) * array.ndim]


def sample(array: np.ndarray) -> np.ndarray:
    """About a thousand entries from all over the array."""
    return array.flat[:: max(1, array.size // 1000)]


def finding(code: str, **words: str) -> Finding:
    """The finding of a code of the table, its sentence filled in."""
    entry = CODES[code]
    clause, hint = entry.clause.format(**words), entry.hint.format(**words)
    return Finding(code, clause, hint, entry.level)


def both(first: Finding, second: Finding) -> Finding:
    """Two mistakes at once; the second is seen when the first is mended."""
    return Finding(
        f"{first.code}+{second.code}",
        f"{first.clause}; once that is mended, it {second.clause}",
        f"{first.hint} {second.hint}",
        max(1, first.level, second.level),
    )


# --- what the exercise foresaw ---------------------------------------------------


def anticipated(case: Case, context: Context) -> Iterator[Finding]:
    """Wrong gradients that the exercise foresees."""
    for name, array in context.alternatives.items():
        if case.fits(array):
            yield _alternative(name)
        if name.split(":")[0] == "stale" and array.shape == case.expected.shape:
            if case.fits(case.expected + array):
                problem = "is the right one plus the one at the earlier parameters"
                yield finding("accumulated", problem=problem)


def swapped(case: Case, context: Context) -> Iterator[Finding]:
    """The right gradient, but of another parameter."""
    for name, array in context.others.items():
        if case.fits(array):
            yield finding("swapped", other=name)


def _alternative(name: str) -> Finding:
    code, _, detail = (part.strip() for part in name.partition(":"))
    if code in CODES:
        clause = CODES[code].clause
        fields = {key for _, key, _, _ in string.Formatter().parse(clause) if key}
        if fields <= {"detail"}:
            return finding(code, detail=f" ({detail})" if detail else "")
        if fields <= {"factor", "other"} and detail:
            return finding(code, factor=detail, other=detail)
    slug = code if code in CODES else re.sub(r"[^a-z0-9]+", "-", code.lower())
    clause = f"is what comes out of this mistake: {detail or name}"
    slug = slug.strip("-") or "foreseen"
    return Finding(slug, clause, "Look at that step of your derivation.", 0)


def context_factors(case: Case, context: Context) -> list[Finding]:
    """A factor of the chain rule, or the upstream gradient, lost or used twice.

    If none fits by itself, a lost one is tried together with a usual constant.
    """
    lost, twice = [], []
    for name, factor in context.chain_factors.items():
        lost.append((finding("missing-factor", factor=name), factor))
        twice.append((finding("factor-twice", factor=name), factor))
    if context.cotangent is not None:
        lost.append((finding("no-upstream"), context.cotangent))
        twice.append((finding("upstream-twice"), context.cotangent))
    shape = case.expected.shape
    mended = [
        (cause, case.student * spread)
        for cause, factor in lost
        for spread in _spread(factor, shape)
    ]
    found = [cause for cause, array in mended if case.is_right(array)]
    found += [
        cause
        for cause, factor in twice
        for spread in _spread(factor, shape)
        if case.fits(case.expected * spread)
    ]
    if found or case.one_number:
        return found
    return [
        both(cause, constant)
        for cause, array in mended
        for constant in scaled(array, case, context, common_only=True)
        if constant.level < 2 and constant.code != "accumulated"
    ]


def _spread(factor: np.ndarray, shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Ways to multiply `factor` into an array of `shape` without enlarging it."""
    if np.all(factor == factor.flat[0]):  # such as an upstream gradient of 0.7s
        yield factor.flat[0]
        return
    if factor.shape == shape:
        yield factor
        return
    line = factor.squeeze()
    if line.ndim == 1:  # one number per row, or per column
        for axis, length in enumerate(shape):
            if length == line.size:
                yield line.reshape([-1 if i == axis else 1 for i in range(len(shape))])
    elif factor.T.shape == shape:
        yield factor.T


# --- one constant ----------------------------------------------------------------


def constant_of(array: np.ndarray, case: Case) -> float | None:
    """The c for which `array` is c times the right one, if there is one."""
    expected = case.expected
    if array.shape != expected.shape or not expected.any():
        return None
    ends = expected.argmax(), expected.argmin()
    place = np.unravel_index(
        max(ends, key=lambda i: abs(expected.flat[i])), array.shape
    )
    constant = float(array[place] / expected[place])
    if not np.isfinite(constant) or constant == 0:
        return None
    return constant if case._same(constant * expected, array) else None


def scaled(
    array: np.ndarray, case: Case, context: Context, common_only: bool = False
) -> list[Finding]:
    """Findings when `array` is a constant times the right one, but not 1 times.

    `array` is the student's, or what becomes of it when another mistake is mended.
    """
    constant = constant_of(array, case)
    if constant is None or abs(constant - 1) <= case.tolerance:
        return []
    found = _named(constant, case, context, [] if common_only else _ROUND)
    if not found and not case.one_number and abs(constant - 1) > NEARLY:
        factor = "the right one times a constant, the same at every entry"
        hint = (
            "Look for a number that all entries share: a factor of the chain rule, the"
            " upstream gradient, a count, a learning rate."
        )
        found = [replace(finding("factor", factor=factor), level=2, hint=hint)]
    return found


def _named(
    constant: float, case: Case, context: Context, bare: list[tuple[str, float]]
) -> list[Finding]:
    n, rate = context.batch_size or 0, context.learning_rate or 0.0
    minus = constant < 0
    found: list[Finding] = []

    def equals(value: float) -> bool:
        return abs(abs(constant) - value) <= case.tolerance * value

    if equals(1):
        return [finding("sign")]
    if n > 1:
        for code, value in (("sum-not-mean", n), ("mean-not-sum", 1 / n)):
            if equals(value):
                cause = finding(code, n=str(n))
                found.append(both(finding("sign"), cause) if minus else cause)
    if rate > 0 and equals(rate):
        found.append(finding("learning-rate", sign="negative " if minus else ""))
    names = [name for name, value in _common(n) if equals(value)]
    if not names and not found:
        names = [name for name, value in bare if equals(value)]
    if names:
        sign = "-" if minus else ""
        batch = f" (n = {n})" if any("n" in name for name in names) else ""
        times = "of" if names[0].startswith("1/") else "times"
        factor = f"{sign}{f' = {sign}'.join(names)}{batch} {times} the right one"
        plain = finding("factor", factor=factor)
        found.append(_negative(plain) if minus else plain)
        for count in range(2, 11):
            if equals(count) and not minus:
                problem = f"was added up {count} times without being zeroed"
                found.append(finding("accumulated", problem=problem))
    return found


def _negative(factor: Finding) -> Finding:
    """A negative factor is a factor and a sign; one clause says both."""
    hint = f"{CODES['sign'].hint} {factor.hint}"
    return Finding("sign+factor", factor.clause, hint, 1)


_ROUND = [
    (name, value)
    for k in range(3, 11)
    for name, value in ((str(k), float(k)), (f"1/{k}", 1 / k))
]
"""Constants with a plain name; they say less than a batch size that explains them."""


def _common(n: int) -> list[tuple[str, float]]:
    """Factors that real derivations gain or lose, for a batch of n."""
    plain = [("2", 2.0), ("1/2", 1 / 2)]
    if n < 2:
        return plain
    return [
        *plain,
        ("n/2", n / 2),
        ("2/n", 2 / n),
        ("2n", 2.0 * n),
        ("1/(2n)", 1 / (2 * n)),
        ("n²", float(n**2)),
        ("1/n²", 1 / n**2),
    ]


# --- right numbers, wrong arrangement --------------------------------------------


def arranged(case: Case, context: Context) -> list[Finding]:
    """Findings when the numbers are right but axes are exchanged, kept or lost.

    If none fits by itself, each is tried together with a constant.
    """
    mended = list(_mended(case))
    found = list(_broadcast(case))
    found += [
        cause for causes, array in mended if case.is_right(array) for cause in causes
    ]
    found += _not_averaged(case)
    found += _over_summed(case)
    found += _wrong_axis(case)
    if found:
        return found
    return [
        both(causes[0], constant)
        for causes, array in mended
        for constant in scaled(array, case, context)
        if _plausible(causes[0], constant, case)
    ]


def _plausible(cause: Finding, constant: Finding, case: Case) -> bool:
    """Whether two mistakes at once say more than chance would.

    A single number meets too many constants once it may choose its shape; sums over
    an outer product are proportional to its factors; and "added up 2 times" says
    nothing here that "2 times" does not.
    """
    if constant.code == "sign":
        return True
    if case.one_number or constant.code == "accumulated":
        return False
    return constant.level < 2 or cause.code != "not-summed"


def _mended(case: Case) -> Iterator[tuple[list[Finding], np.ndarray]]:
    """(causes, the student's array with that mistake undone)."""
    student, shape = case.student, case.expected.shape
    words = {"shape": str(student.shape), "wanted": str(shape)}
    exchanged = False
    if 2 <= student.ndim <= 4 and student.ndim == len(shape):
        for axes in itertools.permutations(range(student.ndim)):
            turned = student.transpose(axes)
            if axes != tuple(range(student.ndim)) and turned.shape == shape:
                exchanged = True
                causes = [finding("transpose")]
                if _is_outer_product(turned):
                    causes.insert(0, finding("outer-reversed"))
                yield causes, turned
    flat = sum(length > 1 for length in shape) <= 1
    if student.shape != shape and student.size == case.expected.size:
        if not (exchanged and flat):  # then the transpose says the same
            yield [finding("reshape", **words)], student.reshape(shape)
    for axes in _reductions(student.shape, shape):
        yield [_not_summed("sum", axes)], student.sum(axis=axes).reshape(shape)


def _not_averaged(case: Case) -> Iterator[Finding]:
    shape = case.expected.shape
    for axes in _reductions(case.student.shape, shape):
        if case.is_right(case.student.mean(axis=axes).reshape(shape)):
            yield _not_summed("mean", axes)
            return


def _not_summed(how: str, axes: tuple[int, ...]) -> Finding:
    noun = "axis" if len(axes) == 1 else "axes"
    where = " and ".join(map(str, axes))
    return finding("not-summed", how=how, axes=f"{noun} {where}")


def _reductions(
    whole: tuple[int, ...], part: tuple[int, ...]
) -> Iterator[tuple[int, ...]]:
    """All axes whose sum turns shape `whole` into `part`, but for axes of length 1."""
    if len(whole) > 4:
        return
    long = [axis for axis, length in enumerate(whole) if length > 1]
    wanted = [length for length in part if length > 1]
    for count in range(1, len(long) + 1):
        for axes in itertools.combinations(long, count):
            if [whole[axis] for axis in long if axis not in axes] == wanted:
                yield axes


def _is_outer_product(array: np.ndarray) -> bool:
    """Whether a matrix with several rows and columns has rank one."""
    if array.ndim != 2 or min(array.shape) < 2:
        return False
    row, column = np.unravel_index(np.argmax(np.abs(array)), array.shape)
    product = np.outer(array[:, column], array[row] / array[row, column])
    return relative_error(product, array) < 1e-6


def _over_summed(case: Case) -> Iterator[Finding]:
    shape = case.student.shape
    for axes in _reductions(case.expected.shape, shape):
        for how, reduce in (("sum", np.sum), ("mean", np.mean)):
            lost = reduce(case.expected, axis=axes).reshape(shape)
            if largest(lost) > ZERO and case.fits(lost):
                yield finding("over-summed", how=how)
                return


def _wrong_axis(case: Case) -> Iterator[Finding]:
    """One number per sample where one per unit is wanted: only the total agrees."""
    student, expected = case.student.squeeze(), case.expected.squeeze()
    if student.ndim != 1 or expected.ndim != 1 or student.size == expected.size:
        return
    for scale in (1.0, student.size / expected.size):
        difference = abs(student.sum() - scale * expected.sum())
        # A total that cancels to nothing is no evidence.
        weight = min(abs(student.sum()), 0.1 * np.abs(student).sum())
        if difference < 0.1 * case.tolerance * weight:  # one number, met by chance
            yield finding(
                "wrong-axis",
                shape=str(case.student.shape),
                wanted=str(case.expected.shape),
            )
            return


def _broadcast(case: Case) -> Iterator[Finding]:
    student, expected = case.student, case.expected
    if student.size <= expected.size:
        return
    line = expected.reshape(-1)
    square = student.shape == (line.size, line.size)
    if (
        square
        and line.size > 1
        and constant_of(np.diagonal(student).reshape(expected.shape), case)
    ):
        n = line.size
        problem = f"{n} by {n} numbers stand where {n} are wanted"
        yield finding("broadcast", problem=problem)
        return
    views = [expected] if expected.ndim != 1 else [expected, expected[:, None]]
    for view in views:
        try:
            repeated = np.broadcast_to(view, student.shape)
        except ValueError:
            continue
        if case.fits(repeated):
            problem = f"the right one is repeated to shape {student.shape}"
            yield finding("broadcast", problem=problem)
            return


# --- patterns --------------------------------------------------------------------


def patterns(case: Case) -> Finding:
    """What can truly be said of numbers that no single mistake explains.

    The most telling pattern comes first and is the only one named: the later ones
    are weaker statements about the same array.
    """
    if case.error > case.tolerance:
        for pattern in (_some_signs, _reordered, _some_entries, _axis_factor):
            found = pattern(case)
            if found:
                return found
    about = _magnitude(case.error)
    if case.error < NEARLY:
        return finding("imprecise", error=about)
    where = ""
    if case.student.size > 1:
        difference = np.abs(case.student - case.expected)
        where = f", the worst of it at {worst(difference)}"
    return finding("unexplained", error=about, where=where)


def _magnitude(error: float) -> str:
    """The order of magnitude only: digits would give a single number away."""
    exponent = round(np.log10(error)) if np.isfinite(error) else 0
    return (
        f"{10.0**exponent:.{max(0, -exponent)}f}" if exponent > -4 else f"1e{exponent}"
    )


def _some_signs(case: Case) -> Finding | None:
    if case.one_number:
        return None
    for part in (corner, np.asarray):
        a, b = np.abs(part(case.student)), np.abs(part(case.expected))
        if not case._same(a, b):
            return None
    flipped = np.signbit(case.student) != np.signbit(case.expected)
    # The sign of what is zero but for rounding is no mistake.
    flipped &= np.abs(case.expected) > case.tolerance * largest(case.expected)
    return finding("some-signs", where=describe(flipped)) if flipped.any() else None


def _reordered(case: Case) -> Finding | None:
    if case.one_number or case.student.size > 10**6:  # sorting more takes seconds
        return None
    student, expected = np.sort(case.student, None), np.sort(case.expected, None)
    return finding("reordered") if case._same(student, expected) else None


def _some_entries(case: Case) -> Finding | None:
    for part in (sample, np.asarray):
        student, expected = part(case.student), part(case.expected)
        difference = np.abs(student - expected)
        sizes = np.maximum(np.abs(student), np.abs(expected))
        wrong = difference > case.tolerance * sizes
        right = ~wrong & (sizes > 1e-9 * largest(case.expected))
        if np.count_nonzero(right) < max(1, int(np.count_nonzero(wrong))):
            return None
    # A clear gap: rounding that is a little too large here and there has none.
    if 100 * float(difference[~wrong].max()) > float(difference[wrong].min()):
        return None
    return finding("some-entries", where=describe(wrong))


def _axis_factor(case: Case) -> Finding | None:
    if case.expected.ndim != 2 or min(case.expected.shape) < 2:
        return None
    for axis, line in ((0, "column"), (1, "row")):
        if all(
            _factor_for_each(axis, part(case.student), part(case.expected), case)
            for part in (corner, np.asarray)
        ):
            return finding("axis-factor", line=line)
    return None


def _factor_for_each(
    axis: int, student: np.ndarray, expected: np.ndarray, case: Case
) -> bool:
    """Whether each line along `axis` is a constant times the right one."""
    sizes = np.abs(expected)
    place = np.expand_dims(np.argmax(sizes, axis=axis), axis)
    tops = np.take_along_axis(expected, place, axis)
    factors = np.take_along_axis(student, place, axis) / tops
    # One entry that counts would have a factor of its own by itself.
    several = (sizes > 100 * case.tolerance * np.abs(tops)).sum(axis) > 1
    if not several.all() or not np.isfinite(factors).all():
        return False
    return case._same(factors * expected, student)
