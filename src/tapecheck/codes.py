"""Every diagnosis that `check_gradient` can give: the one table.

A code never changes its meaning: class reports count them. `clause` completes
"Your dL/dW1 ..."; the words in braces are filled in when a mistake is found. Two
codes are about the function that was called, not about a gradient: `subject`.

`level` orders explanations by simplicity, and only those on the lowest level that
fits are named, all of them:

0. one mistake, named: it predicts every entry to within rounding;
1. two mistakes at once, written with a plus, such as `transpose+factor`;
2. a pattern: true of the numbers, but no cause is claimed;
3. nearly right;
4. nothing simple fits.

What is wrong before numbers can be compared has level 0 too.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """One diagnosis: its stable name, its sentence and where to look."""

    code: str
    level: int
    clause: str
    hint: str
    subject: str = "gradient"


_TABLE = (
    # Before any number is compared.
    Code(
        "none",
        0,
        "is None: no gradient came back",
        "Look for a missing return; on a tape, for a variable that the loss does not"
        " use, a constant that is not watched, or a detach or stop_gradient.",
    ),
    Code("type", 0, "is {what}, where an array of numbers is wanted", "{mend}"),
    Code(
        "structure",
        0,
        "{problem}",
        "Look at what is returned, and under which names or in which order.",
    ),
    Code(
        "empty",
        0,
        "has no entries: its shape is {shape}",
        "Look at the slice or the loop that should fill it.",
    ),
    Code(
        "dtype",
        0,
        "{problem}; a gradient must be float32 or float64",
        "Look at the dtype of the inputs: 2 and 2.0 differ, and an array made like"
        " an array of whole numbers rounds what is put into it.",
    ),
    Code(
        "nan",
        0,
        "is NaN at {where}",
        "Look for 0/0, 0 * inf, inf - inf or log of a negative number; first see"
        " whether the forward pass is NaN already.",
    ),
    Code(
        "inf",
        0,
        "is infinite at {where}",
        "Look for exp of a large number, log of 0, or a division by zero.",
    ),
    Code(
        "shape",
        0,
        "has shape {shape}; it must have shape {wanted}",
        "Look at each product: write the shape under every factor. A gradient has"
        " the shape of what it belongs to.",
    ),
    # What the function did, whatever it returned.
    Code(
        "input-changed",
        0,
        "changed {what} in place",
        "Look for +=, methods that end in _ and writes to x[...]; work on a copy.",
        subject="function",
    ),
    Code(
        "no-custom-gradient",
        0,
        "has no gradient of its own: the tape looked inside and did the work",
        "Look for tf.custom_gradient, or for a torch.autograd.Function and its apply.",
        subject="op",
    ),
    # Right numbers, wrong arrangement.
    Code(
        "reshape",
        0,
        "holds the right numbers, but in shape {shape} instead of {wanted}",
        "Look at keepdims, squeeze, ravel and [:, None]: (n,) is not (n, 1).",
    ),
    Code(
        "outer-reversed",
        0,
        "is the outer product with its two factors exchanged",
        "Look at the order in np.outer(a, b): its rows follow a, its columns b.",
    ),
    Code(
        "transpose",
        0,
        "is the right one transposed",
        "Look at which factor of the matrix product carries the .T, and at their"
        " order.",
    ),
    Code(
        "not-summed",
        0,
        "keeps an axis too many: the {how} over {axes} is missing",
        "Look at what was broadcast in the forward pass: its gradient is summed"
        " back. A bias is used by every sample, so each sample adds its share.",
    ),
    Code(
        "over-summed",
        0,
        "has lost an axis: the {how} was taken over more axes than it should",
        "Look at the axis argument of sum and mean.",
    ),
    Code(
        "wrong-axis",
        0,
        "has the right total, but in shape {shape} instead of {wanted}: it was summed"
        " over the wrong axis",
        "Look at the axis argument of sum and mean: the batch axis goes, the"
        " parameter's own axis stays.",
    ),
    Code(
        "broadcast",
        0,
        "was broadcast: {problem}",
        "Look for (n,) against (n, 1) in the forward pass: their difference is an"
        " n by n array.",
    ),
    # One wrong constant.
    Code(
        "sign",
        0,
        "has the opposite sign everywhere",
        "Look at the order in a difference, prediction minus target, and at the"
        " minus signs in the derivatives of -log and 1 - x.",
    ),
    Code(
        "factor",
        0,
        "is {factor}",
        "Look at the constants: the 2 of a square, a 1/2 or 1/n in front of the"
        " loss, a mean against a sum.",
    ),
    Code(
        "sum-not-mean",
        0,
        "is n times the right one, and n = {n} is the batch size: it is summed where"
        " the mean is wanted",
        "Look at the 1/n of the loss: it belongs into the gradient too.",
    ),
    Code(
        "mean-not-sum",
        0,
        "is 1/n of the right one, and n = {n} is the batch size: it is averaged where"
        " the sum is wanted",
        "Look for a mean that should be a sum, or for a second division by n.",
    ),
    Code(
        "learning-rate",
        0,
        "is multiplied by the {sign}learning rate: it is a step, not the gradient",
        "Return the gradient alone; the learning rate belongs to the update.",
    ),
    Code(
        "accumulated",
        0,
        "{problem}",
        "Look at where gradients are set back to zero, and at += where = is meant.",
    ),
    # With the context that the exercise gives.
    Code(
        "swapped",
        0,
        "holds the gradient that belongs to {other}",
        "Look at the order in which gradients are returned and unpacked.",
    ),
    Code(
        "missing-factor",
        0,
        "lacks the factor {factor}",
        "Look at the chain rule link by link: every step of the forward pass gives"
        " one factor.",
    ),
    Code(
        "factor-twice",
        0,
        "has the factor {factor} twice",
        "Look at the chain rule link by link: every step of the forward pass gives"
        " one factor, once.",
    ),
    Code(
        "no-upstream",
        0,
        "ignores the upstream gradient",
        "Multiply by the gradient that comes in: it is 1 only at the very end.",
    ),
    Code(
        "upstream-twice",
        0,
        "is multiplied by the upstream gradient twice",
        "Look at where the gradient that comes in is used: once is enough.",
    ),
    Code(
        "wrong-loss",
        0,
        "is the gradient of another loss{detail}",
        "Look at the loss again: squared or not, of probabilities or of logits.",
    ),
    Code(
        "stale",
        0,
        "is the gradient at the earlier parameters{detail}",
        "Look at the order: compute all gradients at one point, then update.",
    ),
    Code(
        "detached",
        0,
        "misses a path from the parameter to the loss{detail}",
        "Look for detach, stop_gradient or .numpy() on the way, and for a parameter"
        " that is used twice.",
    ),
    Code(
        "zero",
        0,
        "is zero everywhere",
        "Look for an array of zeros that is never filled, a detach or"
        " stop_gradient, or a parameter that the loss does not use.",
    ),
    # Patterns.
    Code(
        "axis-factor",
        2,
        "is off by one constant factor for each {line}",
        "Look for what there is one of for each {line}: a derivative of an"
        " activation, an input, a scale.",
    ),
    Code(
        "reordered",
        2,
        "holds the right numbers in the wrong places",
        "Look at reshape, which is not a transpose, at axis orders and at indices.",
    ),
    Code(
        "some-signs",
        2,
        "has the right size everywhere, but the wrong sign at {where}",
        "Look for abs, for a square root of a square, or for a case distinction.",
    ),
    Code(
        "some-entries",
        2,
        "is right except at {where}",
        "Look at what is special there: the first or last index, a repeated index, a"
        " case of an if, a saturated unit.",
    ),
    # The rest.
    Code(
        "imprecise",
        3,
        "is nearly right, but only to about {error}",
        "Look for a step h that is too large or too small, for float32 on the way,"
        " for a rounded constant, or for a small term left out.",
    ),
    Code(
        "unexplained",
        4,
        "is wrong, and no simple mistake explains it; the relative error is about"
        " {error}{where}",
        "Check each factor of the chain rule by itself, on one sample.",
    ),
)

CODES: dict[str, Code] = {code.code: code for code in _TABLE}
"""All diagnoses by their stable code, in the order in which ties are named."""


def markdown_table() -> str:
    """The table for the reference page; words in braces are filled in."""
    levels = (
        "one mistake",
        "two mistakes",
        "a pattern",
        "nearly right",
        "nothing fits",
    )
    rows = [
        f"| `{code.code}` | Your {code.subject} {code.clause}. | {levels[code.level]} |"
        for code in _TABLE
    ]
    return "\n".join(["| code | sentence | level |", "|---|---|---|", *rows, ""])
