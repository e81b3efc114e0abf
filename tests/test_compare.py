"""Strict comparison: each thing it accepts has a twin that it rejects."""

import collections

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tapecheck  # noqa: F401  before the frameworks
from tapecheck.compare import ExerciseError, compare, relative_error

import tensorflow as tf  # isort: skip
import torch  # isort: skip

RIGHT = np.random.default_rng(0).normal(size=(4, 3))

FORMS = {
    "array": np.array,
    "Fortran order": np.asfortranarray,
    "view": lambda a: np.repeat(a, 2, axis=0)[::2],
    "float32": lambda a: a.astype(np.float32),
    "big-endian": lambda a: a.astype(">f8"),
    "float128": lambda a: a.astype(np.longdouble),
    "list": lambda a: a.tolist(),
    "list of arrays": lambda a: list(a),
    "tuple of tensors": lambda a: tuple(torch.tensor(row) for row in a),
    "list of lists of tensors": lambda a: [[tf.constant(x) for x in row] for row in a],
    "TensorFlow tensor": tf.constant,
    "TensorFlow variable": tf.Variable,
    "IndexedSlices": lambda a: tf.IndexedSlices(
        tf.constant(np.concatenate([a[1:], a[:1] / 2, a[:1] / 2])),
        tf.constant([1, 2, 3, 0, 0]),
        tf.constant([4, 3]),
    ),
    "sparse TensorFlow tensor": tf.sparse.from_dense,
    "torch tensor": torch.tensor,
    "torch tensor with history": lambda a: 1 * torch.tensor(a, requires_grad=True),
    "torch parameter": lambda a: torch.nn.Parameter(torch.tensor(a)),
    "torch float32": lambda a: torch.tensor(a, dtype=torch.float32),
    "sparse torch tensor": lambda a: torch.tensor(a).to_sparse(),
    "conjugate view": lambda a: torch.tensor(a + 0j).conj().real,
    "float32 as Python floats": lambda a: a.astype(np.float32).tolist(),
}


def code(student, expected=RIGHT, **options):
    (comparison,) = compare(student, expected, **options)
    assert comparison.right == (comparison.code is None)
    return comparison.code


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_of_the_right_numbers_is_accepted(form):
    assert code(form(RIGHT)) is None


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_of_wrong_numbers_is_rejected(form):
    wrong = RIGHT.copy()
    wrong[2, 1] *= 1.01
    assert code(form(wrong)) == "value"


@pytest.mark.parametrize("name", [n for n in FORMS if " of " not in n])
def test_the_right_gradient_may_come_in_every_form(name):
    assert code(RIGHT, FORMS[name](RIGHT)) is None
    assert code(1.01 * RIGHT, FORMS[name](RIGHT)) == "value"


def test_read_only_arrays_are_accepted_and_nothing_is_written():
    student, expected = read_only(RIGHT), read_only(RIGHT)
    assert code(student, expected) is None
    assert code(read_only(-RIGHT), expected) == "value"


class LiesAboutEquality(np.ndarray):
    def __eq__(self, other):
        return True

    def __array_ufunc__(self, *args, **kwargs):
        return np.float64(0)

    def __array_function__(self, *args, **kwargs):
        return True


class LiesAsArray:
    shape, dtype, ndim, size = (4, 3), np.dtype(float), 2, 12

    def __array__(self, *args, **kwargs):
        return RIGHT.copy()

    def __eq__(self, other):
        return True


class LiesAsFloat(float):
    def __float__(self):
        return 1.0


class LyingMeta(type):
    def __eq__(cls, other):
        return True

    def __hash__(cls):
        raise RuntimeError("no")

    def __getattribute__(cls, name):
        raise RuntimeError(name)


class LiesAboutItsClass(metaclass=LyingMeta):
    @property
    def __class__(self):
        return np.ndarray


class LyingTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *args, **kwargs):
        return torch.tensor(RIGHT)


REFUSED = {
    "None": (None, "none"),
    "overridden ==": (RIGHT.copy().view(LiesAboutEquality), "type"),
    "__array__": (LiesAsArray(), "type"),
    "__class__": (LiesAboutItsClass(), "type"),
    "__torch_function__": (torch.tensor(RIGHT).as_subclass(LyingTensor), "type"),
    "masked array": (np.ma.array(RIGHT), "type"),
    "matrix": (np.matrix(RIGHT), "type"),
    "record array": (RIGHT.copy().view(np.recarray), "type"),
    "object array": (RIGHT.astype(object), "type"),
    "array of text": (RIGHT.astype(str), "type"),
    "dates": (RIGHT.astype(int).astype("M8[s]"), "type"),
    "fields": (np.zeros(3, [("a", float)]), "type"),
    "text": ("1.0", "type"),
    "function": (np.tanh, "type"),
    "own function": (code, "type"),
    "set": ({1.0}, "type"),
    "dict": ({"W": RIGHT}, "type"),
    "generator": ((x for x in RIGHT), "type"),
    "huge whole number": (10**400, "type"),
    "meta tensor": (torch.empty(4, 3, device="meta"), "type"),
    "bfloat16": (torch.tensor(RIGHT, dtype=torch.bfloat16), "type"),
    "ragged list": ([[1.0, 2.0], [3.0]], "type"),
    "ragged tensor": (tf.ragged.constant([[1.0], [2.0, 3.0]]), "type"),
    "slices without a shape": (
        tf.IndexedSlices(tf.constant(RIGHT), tf.constant([0, 1, 2, 3])),
        "type",
    ),
    "slices out of range": (
        tf.IndexedSlices(tf.ones([1, 3]), tf.constant([9]), tf.constant([4, 3])),
        "type",
    ),
    "empty array": (np.zeros((0, 3)), "empty"),
    "empty list": ([], "empty"),
    "whole numbers": (np.ones((4, 3), int), "dtype"),
    "True": (np.ones((4, 3), bool), "dtype"),
    "one True": (True, "dtype"),
    "imaginary part": (RIGHT + 1j * RIGHT, "dtype"),
    "complex, though real": (RIGHT + 0j, "dtype"),
    "float16": (RIGHT.astype(np.float16), "dtype"),
    "NaN": (np.where(RIGHT > 1, np.nan, RIGHT), "nan"),
    "infinity": (np.where(RIGHT > 1, np.inf, RIGHT), "inf"),
    "NaN in a tensor": (torch.full((4, 3), torch.nan), "nan"),
    "one number": (RIGHT[0, 0], "shape"),
    "one row": (RIGHT[0], "shape"),
    "transposed": (RIGHT.T, "shape"),
    "an axis more": (RIGHT[None], "shape"),
    "flat": (RIGHT.ravel(), "shape"),
    "right to 1e-3 only": (RIGHT * 1.001, "value"),
}


@pytest.mark.parametrize(("student", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_right_gradient_is_refused_with_its_code(student, expected):
    assert code(student) == expected


def test_an_object_that_says_it_equals_everything_does_not():
    assert (RIGHT.copy().view(LiesAboutEquality) == 0) is True
    assert code(LiesAsFloat(2.0), 1.0) == "type"
    assert code([LiesAsFloat(2.0)], [1.0]) == "type"
    assert code([1.0], [1.0]) is None


@pytest.mark.parametrize(
    ("student", "expected"),
    [
        (np.ones(3), np.ones((3, 1))),
        (np.ones((3, 1)), np.ones(3)),
        (np.ones((1, 3)), np.ones(3)),
        (1.0, np.ones(1)),
        (np.ones(1), 1.0),
        (np.ones((1, 1)), np.ones(1)),
        (1.0, np.ones((2, 2))),
    ],
)
def test_shapes_that_would_broadcast_are_not_the_same(student, expected):
    assert code(student, expected) == "shape"
    assert code(np.ones(np.shape(expected)), expected) is None


HUGE = 10**6
HUGE_FORMS = {
    "NumPy": lambda: np.broadcast_to(1.0, (HUGE, HUGE)),
    "torch": lambda: torch.ones(1).expand(HUGE, HUGE),
    "sparse torch": lambda: torch.sparse_coo_tensor(
        size=(HUGE, HUGE), check_invariants=False
    ),
    "slices": lambda: tf.IndexedSlices(tf.ones((1, 3)), [0], [HUGE, HUGE]),
    "sparse TensorFlow": lambda: tf.SparseTensor([[0, 0]], [1.0], [HUGE, HUGE]),
}


@pytest.mark.parametrize("form", HUGE_FORMS.values(), ids=HUGE_FORMS)
def test_what_claims_to_be_huge_is_refused_before_it_is_made(form):
    assert code(form()) == "type"


def test_a_list_that_contains_itself_or_grows_without_end_is_refused():
    circle: list = []
    circle.append(circle)
    assert code(circle) == "type"
    bomb: list = [1.0, 1.0]
    for _ in range(31):
        bomb = [bomb, bomb]
    assert code(bomb) == "type"


def test_python_numbers_have_no_dtype_and_numpy_ones_do():
    assert code(4, 4.0) is None
    assert code([2, 3], [2.0, 3.0]) is None
    assert code(np.int64(4), 4.0) == "dtype"
    assert code(np.array([2, 3]), np.array([2, 3])) is None
    assert code(np.array([2, 4]), np.array([2, 3])) == "value"


def test_tolerance_follows_the_dtype():
    assert code(RIGHT * (1 + 1e-5)) == "value"
    assert code((RIGHT * (1 + 1e-5)).astype(np.float32)) is None
    assert code((RIGHT * (1 + 1e-3)).astype(np.float32)) == "value"
    assert code(RIGHT * (1 + 1e-5), rtol=1e-4) is None
    assert code(RIGHT * (1 + 1e-8), rtol=1e-9) == "value"
    # a Python float is double precision, unless float32 can hold it
    assert code(1 / 3 + 1e-5, 1 / 3) == "value"
    assert code(float(np.float32(1 / 3)) * 1.5, 0.5) is None


def test_a_zero_gradient_may_be_blurred_by_rounding_only():
    zero, noise = np.zeros(3), np.array([1e-17, 0, -3e-16])
    assert code(noise, zero) is None
    assert code(zero, noise) is None
    assert code(1e-7 * np.ones(3, np.float32), zero) is None
    assert code(1e-7 * np.ones(3), zero) == "value"
    assert code(1e-3 * np.ones(3, np.float32), zero) == "value"


def test_a_small_gradient_is_not_a_zero_one():
    assert code(np.zeros(3), 7.5e-9 * np.ones(3)) == "value"
    assert code(7.5e-9 * np.ones(3), 7.5e-9 * np.ones(3)) is None


@settings(max_examples=150, deadline=None)
@given(
    array=hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=0, max_dims=4, max_side=4),
        elements=st.floats(0.1, 10) | st.floats(-10, -0.1),
    ),
    exponent=st.integers(-12, 12),
    single=st.booleans(),
    framework=st.sampled_from([np.array, tf.constant, torch.tensor, tf.Variable]),
    spoil=st.floats(1.01, 100),
)
def test_any_shape_scale_dtype_and_framework(array, exponent, single, framework, spoil):
    right = np.asarray(array * 10.0**exponent)
    dtype = np.float32 if single else np.float64
    assert code(framework(right.astype(dtype)), right) is None
    wrong = right.copy()
    wrong.flat[np.argmax(np.abs(wrong))] *= spoil
    assert code(framework(wrong.astype(dtype)), right) == "value"
    assert code(framework(right[None].astype(dtype)), right) == "shape"


def test_relative_error():
    one = np.array([1.0, 2.0])
    assert relative_error(one, one) == 0
    assert relative_error(one, -one) == 2
    assert relative_error(one, one + [0, 0.5]) == pytest.approx(0.2)
    assert relative_error(np.zeros(2), np.zeros(2)) == 0
    assert relative_error(one, one * np.nan) == np.inf
    assert relative_error(np.array([1e308]), np.array([-1e308])) == 2
    assert relative_error(1e-12 * one, 2e-12 * one) == pytest.approx(0.5)


# --- nestings --------------------------------------------------------------------

Pair = collections.namedtuple("Pair", "w b")


class LyingList(list):
    def __iter__(self):
        return iter(["never", "asked"])

    def __len__(self):
        return 99


NESTINGS = [
    ({"W": RIGHT, "b": RIGHT[0]}, {"W": RIGHT, "b": RIGHT[0]}),
    (collections.OrderedDict(b=RIGHT[0], W=RIGHT), {"W": RIGHT, "b": RIGHT[0]}),
    ([RIGHT, RIGHT[0]], (RIGHT, RIGHT[0])),
    (Pair(RIGHT, RIGHT[0]), [RIGHT, RIGHT[0]]),
    (LyingList([RIGHT, RIGHT[0]]), (RIGHT, RIGHT[0])),
    ([{"W": RIGHT}, {"W": RIGHT[0]}], ({"W": RIGHT}, {"W": RIGHT[0]})),
    ((1.0, 2.0), (1.0, 2.0)),
    ([torch.tensor(1.0), tf.constant(2.0)], [np.array(1.0), np.array(2.0)]),
]


@pytest.mark.parametrize(("student", "expected"), NESTINGS)
def test_nestings_are_compared_entry_by_entry(student, expected):
    found = compare(student, expected, "grads")
    assert len(found) == 2
    assert all(comparison.right for comparison in found)


def test_entries_are_named_by_their_path():
    student = {"layers": [{"W": RIGHT}, {"W": -RIGHT}], "b": None}
    expected = {"layers": [{"W": RIGHT}, {"W": RIGHT}], "b": RIGHT[0]}
    found = {c.name: c.code for c in compare(student, expected, "grads")}
    assert found == {
        'grads["layers"][0]["W"]': None,
        'grads["layers"][1]["W"]': "value",
        'grads["b"]': "none",
    }


class HostileKey:
    def __hash__(self):
        return hash("b")

    def __eq__(self, other):
        raise RuntimeError("compared")


BAD_NESTINGS = {
    "None": (None, "none"),
    "missing": ({"W": RIGHT}, "structure"),
    "too many": ({"W": RIGHT, "b": RIGHT, "c": RIGHT}, "structure"),
    "other names": ({"W": RIGHT, "c": RIGHT}, "structure"),
    "hostile key": ({"W": RIGHT, HostileKey(): RIGHT}, "structure"),
    "array": (RIGHT, "structure"),
    "list": ([RIGHT, RIGHT], "structure"),
}


@pytest.mark.parametrize(
    ("student", "expected"), BAD_NESTINGS.values(), ids=BAD_NESTINGS
)
def test_a_dict_with_other_entries_is_refused(student, expected):
    assert code(student, {"W": RIGHT, "b": RIGHT}) == expected


@pytest.mark.parametrize("student", [RIGHT, [RIGHT], {"W": RIGHT}, (RIGHT,) * 3, "ab"])
def test_a_tuple_of_another_length_or_type_is_refused(student):
    assert code(student, (RIGHT, RIGHT)) == "structure"


@pytest.mark.parametrize(
    "expected",
    [None, "x", np.zeros(0), [], {}, (), RIGHT * np.nan, RIGHT + 1j, {"W": None}],
    ids=repr,
)
def test_an_unusable_reference_is_the_exercise_s_fault(expected):
    student = {"W": RIGHT} if isinstance(expected, dict) else RIGHT
    with pytest.raises(ExerciseError, match="exercise's own"):
        compare(student, expected)
