"""The parts of the grader, one by one, each with what it must refuse."""

import base64
import errno
import json
import platform
import struct
import subprocess
import sys
import types
from pathlib import Path

import nbformat
import numpy as np
import pytest
from conftest import require

from tapecheck.grading import (
    CellResult,
    GradingError,
    Result,
    codec,
    doctor,
    forbidden,
    intake,
    portable,
    release,
    sandbox,
    seccomp,
    verdicts,
)
from tapecheck.grading.course import Assignment
from tapecheck.grading.execute import checks_needed, names_used
from tapecheck.grading.kernels import Outputs
from tapecheck.grading.proxies import Functions, change
from tapecheck.grading.reassemble import bound_names, harmless, reassemble
from tapecheck.grading.results import write_csv

sys.path.insert(0, str(Path(__file__).parent / "hostile"))

import assignment  # noqa: E402

# --- codec -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -(2**70),
        0.1,
        float("inf"),
        1 + 2j,
        "dW",
        [1, (2.0, [])],
        {"dw": 1, 2: {"x": None}},
        slice(None, 3),
        ...,
    ],
    ids=repr,
)
def test_a_plain_value_crosses_as_it_is(value):
    there = codec.decode(json.loads(json.dumps(codec.encode(value))))
    assert there == value and type(there) is type(value)


@pytest.mark.parametrize("dtype", ["float64", "float32", "int32", "bool", "complex128"])
@pytest.mark.parametrize("shape", [(), (0,), (5, 3), (2, 1, 4)])
def test_an_array_keeps_dtype_shape_and_whether_it_can_be_written(dtype, shape):
    array = np.ones(shape, dtype, order="F")
    array.flags.writeable = False
    there = codec.decode(codec.encode(array))
    assert type(there) is np.ndarray and not there.flags.writeable
    assert (there.dtype, there.shape) == (array.dtype, shape)
    assert np.array_equal(there, array)
    number = codec.decode(codec.encode(np.float32(0.1)))
    assert type(number) is np.float32 and number == np.float32(0.1)


def test_a_tensor_keeps_its_framework_and_dtype():
    torch = pytest.importorskip("torch")
    for tensor in (torch.ones(2, dtype=torch.bfloat16), torch.ones(2, 3).double()):
        there = codec.decode(codec.encode(tensor))
        assert there.dtype is tensor.dtype and torch.equal(there, tensor)
    leaf = torch.ones(2, requires_grad=True)
    assert codec.decode(codec.encode(leaf)).requires_grad


class Pretender(np.ndarray):
    def __eq__(self, other):
        return True


def test_a_subclass_arrives_as_a_plain_array():
    there = codec.decode(codec.encode(np.zeros(3).view(Pretender)))
    assert type(there) is np.ndarray


def deep() -> list:
    nested: list = []
    for _ in range(100):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    "value", [object(), np.array([object()]), deep(), [0] * 300_000], ids=type
)
def test_what_cannot_cross_is_refused(value):
    with pytest.raises(codec.CodecError):
        codec.encode(value)


def npy(header: str, data: bytes = bytes(8)) -> dict:
    text = header.encode().ljust(117) + b"\n"
    raw = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data
    return {
        "npy": base64.b64encode(raw).decode(),
        "kind": "numpy",
        "scalar": False,
        "fixed": False,
    }


HEADER = "{'descr': %r, 'fortran_order': False, 'shape': %s, }"


def test_a_header_is_believed_only_if_it_fits_its_bytes():
    assert codec.decode(npy(HEADER % ("<f8", "(1,)"))) == [0.0]
    for descr, shape in (("<f8", "(10**12,)"), ("<f8", "(2,)"), ("|O", "(1,)")):
        with pytest.raises(codec.CodecError):
            codec.decode(npy(HEADER % (descr, shape)))


@pytest.mark.parametrize(
    "data", [[], {}, {"list": 5}, {"float": []}, {"npy": "?"}, {"handle": 1}, 1.5]
)
def test_nonsense_is_refused(data):
    with pytest.raises(codec.CodecError):
        codec.decode(data)


# --- functions that tests hand over ------------------------------------------------


def test_a_function_travels_with_what_it_refers_to():
    weights, power = np.array([1.0, 2.0]), 3

    def f(x, scale=2.0):
        return scale * np.sum(weights * x**power)

    there = portable.unpack(json.loads(json.dumps(portable.pack(f))))
    x = np.array([0.5, -1.5])
    assert there(x) == f(x) and there(x, 1.0) == f(x, 1.0)
    assert portable.unpack(portable.pack(np.sin)) is np.sin


def test_a_function_that_counts_stays_where_it_is():
    calls = []
    with pytest.raises(portable.NotPortable):
        portable.pack(lambda x: calls.append(x))

    def count(x):
        global counted
        counted = x

    with pytest.raises(portable.NotPortable):
        portable.pack(count)


def test_changes_in_place_are_repeated():
    x, inner = np.zeros(3), {"w": np.zeros(2)}
    change((x, [inner, 1]), (np.ones(3), [{"w": np.ones(2)}, 2]))
    assert np.array_equal(x, np.ones(3)) and np.array_equal(inner["w"], np.ones(2))
    change(x, "not an array")
    assert np.array_equal(x, np.ones(3))


# --- what exercises forbid ---------------------------------------------------------


def test_a_masked_function_refuses_wherever_it_was_kept_and_recovers(monkeypatch):
    module = types.ModuleType("toolbox")
    exec("def tool(x):\n    return x + 1\nclass Tape:\n    pass\n", module.__dict__)
    monkeypatch.setitem(sys.modules, "toolbox", module)
    kept, tape = module.tool, module.Tape
    mask = forbidden.Mask(["toolbox.tool", "toolbox.Tape", "absent.thing"])
    for use in (module.tool, kept, tape):
        with pytest.raises(
            forbidden.NotAllowed, match="toolbox.t.* is not allowed|Tape"
        ):
            use(1) if use is not tape else use()
    names = ["toolbox.tool", "toolbox.Tape", "absent.thing"]
    assert mask.covers(names) and not mask.covers(names[:2])
    monkeypatch.setitem(sys.modules, "absent", types.ModuleType("absent"))
    assert not mask.covers(names)  # there is more to mask now
    mask.lift()
    assert kept(1) == 2 and tape() and not mask.covers(names)


def test_a_hidden_package_lets_set_up_pass_and_refuses_answers(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(forbidden.Absent, "lenient", True)
    forbidden.hide(["no_such_framework"])
    import no_such_framework.deep as framework

    framework.random.set_seed(0)
    forbidden.Absent.lenient = False
    with pytest.raises(forbidden.NotAllowed, match="no_such_framework.deep.Tape"):
        framework.Tape()


# --- verdicts ----------------------------------------------------------------------


def report(*types_, said="", in_cell=True, asked=True, kind="", **facts):
    return {
        "types": list(types_),
        "message": said,
        "in_cell": in_cell,
        "asked": asked,
        "kind": kind,
        "facts": facts or ({} if kind else None),
        "detail": "everything",
    }


def test_an_assertion_says_what_its_author_wrote_and_no_library():
    said = verdicts.judge(report("AssertionError", said="dw is wrong [factor|sign]"))
    assert (said.verdict, said.codes) == ("failed", ("factor", "sign"))
    secret = "Not equal to tolerance rtol=1e-07\n\nMismatched\n DESIRED: [0.123]"
    said = verdicts.judge(report("AssertionError", said=secret, in_cell=False))
    assert "0.123" not in said.message and said.detail == "everything"
    with pytest.raises(AssertionError) as raised:
        np.testing.assert_array_equal([1.25], [2.75], "x was changed")
    said = verdicts.judge(
        report("AssertionError", said=str(raised.value), in_cell=False)
    )
    assert said.message == "x was changed"


def test_a_student_error_tells_its_kind_and_line_but_not_its_text():
    facts = {"type": "ValueError", "message": "0.123", "cell": "neuron", "number": 2}
    said = verdicts.judge(report("StudentError", kind="error", line="y = 1", **facts))
    assert said.verdict == "error" and "0.123" not in said.message
    assert said.message == "Your code raised ValueError in cell neuron, line 2: y = 1"
    facts["type"] = "Smuggled0123"
    said = verdicts.judge(report("StudentError", kind="error", line="y = 1", **facts))
    assert "Smuggled" not in said.message


def test_each_way_to_fail_has_its_verdict():
    def verdict(*kinds, **details):
        return verdicts.judge(report(*kinds, **details)).verdict

    assert verdict("StudentError", kind="timeout") == "timeout"
    assert verdict("StudentError", kind="died", message="it ended") == "error"
    assert verdict("StudentError", kind="unusable", message="no array") == "failed"
    assert verdict("TypeError", "Exception") == "failed"
    assert verdict("TypeError", "Exception", asked=False) == "needs-a-look"
    assert verdict("NameError", "Exception") == "needs-a-look"
    assert verdict("TapesDisagree", "AssertionError") == "needs-a-look"
    said = verdicts.judge(
        report(
            "StudentError",
            kind="error",
            type="NotAllowed",
            message="tf.x is not allowed",
        ),
        ("tf",),
    )
    assert said.message == "Your code uses `tf`, which this exercise does not allow."


def test_outputs_are_cut_and_hold_no_script():
    outputs = Outputs()
    outputs.take("stream", {"name": "stdout", "text": "x" * 1_000_000})
    assert len(outputs.list[0].text) < 300_000
    outputs = Outputs()
    data = {"text/html": "<b>1</b><script>f()</script>", "text/javascript": "f()"}
    outputs.take("display_data", {"data": data})
    assert set(outputs.list[0].data) == {"text/html"}
    assert "<b>" in outputs.list[0].data["text/html"]
    assert "<script" not in outputs.list[0].data["text/html"]
    outputs.take("display_data", {"data": 5})
    outputs.take("nonsense", {"data": {}})


def test_the_table_is_read_by_spreadsheets(tmp_path):
    cells = {"a": CellResult(1.5, 2, "passed")}
    results = [
        Result("ada", "x", "graded", 1.5, 2, cells),
        Result("bob", "x", "refused", 0, 2),
    ]
    write_csv(results, ["a"], tmp_path / "grades.csv")
    assert (tmp_path / "grades.csv").read_text().splitlines() == [
        "student,assignment,status,score,max_score,a",
        "ada,x,graded,1.5,2,1.5",
        "bob,x,refused,0,2,0",
    ]


# --- release -----------------------------------------------------------------------


def test_a_release_is_repeatable_and_holds_no_secret(tmp_path):
    course = assignment.write_course(tmp_path)
    (folder,) = release(course=course)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    release(course=course)
    assert first == {path.name: path.read_bytes() for path in folder.iterdir()}
    text = (folder / f"{assignment.SLUG}.ipynb").read_text()
    assert "raise NotImplementedError" in text
    for secret in ("BEGIN", "2 * x * dy", "true_square_backward"):
        assert secret not in text


def spoil(place: int, **changes) -> nbformat.NotebookNode:
    made = assignment.small_steps()
    cell = made.cells[place]
    cell.source = cell.source.replace(*changes.pop("replace", ("", "")))
    cell.metadata.nbgrader.update(changes)
    return made


SQUARE, TEST = 3, 5


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        (spoil(SQUARE, replace=("### BEGIN", "### begin")), "not a marker"),
        (
            spoil(SQUARE, replace=("### END SOLUTION", "# END SOLUTIONS")),
            "not a marker",
        ),
        (
            spoil(TEST, replace=("### BEGIN HIDDEN", "### BEGIN HIDEN")),
            "not a marker",
        ),
        (spoil(SQUARE, solution=False), "not tagged as a solution"),
        (spoil(TEST, grade=False), "not a locked test"),
        (spoil(TEST, grade_id="square"), "two cells"),
        (
            spoil(
                SQUARE,
                replace=("    ### BEGIN SOLUTION\n    return 2 * x * dy\n", ""),
            ),
            "each '### BEGIN SOLUTION' needs its",
        ),
    ],
)
def test_a_source_that_would_leak_is_refused(made, complaint, tmp_path):
    course = assignment.write_course(tmp_path)
    path = course / "solutions" / assignment.SLUG / f"{assignment.SLUG}.ipynb"
    nbformat.write(made, path)
    with pytest.raises(GradingError, match=complaint) as raised:
        release(course=course)
    assert "\n" not in str(raised.value)
    assert not (course / "exercises").exists()


def test_a_file_beside_the_source_is_searched_too(tmp_path):
    course = assignment.write_course(tmp_path)
    helper = course / "solutions" / assignment.SLUG / "helper.py"
    helper.write_text("### BEGIN SOLUTION\nx = 1\n")
    with pytest.raises(GradingError, match="helper.py would be released"):
        release(course=course)


# --- intake ------------------------------------------------------------------------


@pytest.fixture
def steps(tmp_path) -> Assignment:
    return Assignment(assignment.write_course(tmp_path / "course"), assignment.SLUG)


def test_a_class_may_come_as_one_zip(steps, tmp_path):
    import zipfile

    notebook = nbformat.writes(assignment.answered(assignment.SLUG))
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("ada/small-steps.ipynb", notebook)
        archive.writestr("bob/small-steps/small-steps.ipynb", notebook)
        archive.writestr("eve/../../small-steps.ipynb", notebook)
        archive.writestr("../fay/small-steps.ipynb", notebook)
    found = {s.student: s for s in intake.submissions(tmp_path / "class.zip", steps)}
    assert [s for s in found if not found[s].refusal] == ["ada", "bob"]
    assert "leads outside" in found["eve"].refusal
    assert "leads outside" in found["class.zip"].refusal
    (tmp_path / "broken.zip").write_bytes(b"PK")
    with pytest.raises(GradingError, match="damaged"):
        list(intake.submissions(tmp_path / "broken.zip", steps))


@pytest.mark.parametrize("name", ["=cmd", "a+b", "a[b]", "a\nb", "x" * 200])
def test_a_name_that_would_be_more_than_a_name_is_refused(name, steps, tmp_path):
    (tmp_path / "in" / name).mkdir(parents=True)
    (found,) = intake.submissions(tmp_path / "in", steps)
    assert "rename it" in found.refusal


def test_the_guard_of_stock_autograde_moves_links_and_strikes_off(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    folder = Path("submitted/ada/small-steps")
    folder.mkdir(parents=True)
    nbformat.write(assignment.small_steps(), folder / "small-steps.ipynb")
    (folder / "secret").symlink_to("/etc/passwd")
    notebooks = [str(folder / "small-steps.ipynb")]
    intake.guard("small-steps", "*", notebooks)
    assert notebooks and not (folder / "secret").is_symlink()
    assert Path("refused/ada/small-steps/secret").is_symlink()
    (folder / "small-steps.ipynb").write_text("{")
    intake.guard("small-steps", "*", notebooks)
    assert notebooks == []


def test_reassembly_takes_answers_and_nothing_else():
    source = assignment.small_steps()
    handed_in = assignment.answered(assignment.SLUG)
    handed_in.cells[SQUARE].source = "mine = 1"
    handed_in.cells[TEST].source = "pass"
    handed_in.cells[TEST].metadata.nbgrader.points = 100
    notes: list[str] = []
    rebuilt = reassemble(
        source, [intake.clean_cell(cell) for cell in handed_in.cells], {}, notes
    )
    assert [c.source for c in rebuilt.cells if c.id == "square"] == ["mine = 1"]
    test = next(c for c in rebuilt.cells if c.id == "square-value")
    assert test == source.cells[TEST] and notes == []


def test_markdown_of_students_runs_nothing():
    for text in (
        "<script>f()</script>",
        "[x](javascript:f())",
        "[x]( JaVa&#115;cript:f())",
        "[x](data:text/html,1)",
        "[x]: javascript:f()",
        "[x](%6aavascript:f())",
    ):
        said = harmless(text).lower()
        assert "<s" not in said and "cript:" not in said and "data:" not in said
    kept = "a < b, [link](https://example.org/a?b=c), ![p](attachment:p.png), `x[1]`"
    assert harmless(kept) == kept


def test_names_bound_and_used():
    assert bound_names("import os\nx, y = 1, 2\ndef f(): z = 1\nclass A: pass") == {
        "x",
        "y",
        "f",
        "A",
    }
    assert bound_names("def f(:") == set()
    assert {"f", "x"} <= names_used("%time f(x)\nf(x)")


# --- sandbox -----------------------------------------------------------------------


def run_filter(number: int, architecture: int, flags: int = 0) -> int:
    """What the kernel would make of the filter for one system call."""
    program, place, loaded = seccomp.program(), 0, 0
    steps = [program[i : i + 8] for i in range(0, len(program), 8)]
    while True:
        code, if_true, if_false, value = struct.unpack("=HBBI", steps[place])
        place += 1
        if code == seccomp.RETURN:
            return value
        if code == seccomp.LOAD:
            loaded = {
                seccomp.NUMBER: number,
                seccomp.ARCHITECTURE: architecture,
                seccomp.FLAGS: flags,
            }[value]
        elif code == seccomp.JUMP_IF_EQUAL:
            place += if_true if loaded == value else if_false
        elif code == seccomp.JUMP_IF_AT_LEAST:
            place += if_true if loaded >= value else if_false
        elif code == seccomp.JUMP_IF_ANY_BIT:
            place += if_true if loaded & value else if_false


@pytest.mark.skipif(
    platform.machine() not in seccomp.MACHINES, reason="no numbers for this machine"
)
def test_the_filter_forbids_what_it_lists_and_nothing_else():
    architecture, calls = seccomp.MACHINES[platform.machine()]
    for number in range(500):
        forbids = number in calls.values()
        expected = 0x00050000 | errno.EPERM if forbids else seccomp.ALLOW
        if number == seccomp.CLONE3:
            expected = seccomp.ABSENT
        assert run_filter(number, architecture) == expected
    clone = seccomp.CLONE[platform.machine()]
    for new_namespace in (0x10000000, 0x20000000, 0x00020000):
        assert run_filter(clone, architecture, new_namespace | 17) == seccomp.DENY
        assert run_filter(clone + 1, architecture, new_namespace) == seccomp.ALLOW
    assert run_filter(seccomp.X32 + 1, architecture) == seccomp.DENY
    assert run_filter(1, 0) == seccomp.KILL


@pytest.mark.sandbox
def test_every_protection_holds():
    require("bubblewrap")
    assert {name: why for name, why in doctor.check() if why} == {}


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("part", "protects"),
    [
        ("--unshare-net", "cold: no network, not even to this machine"),
        ("--fsize=5000000", "cold: a limit on a file's size"),
    ],
)
def test_a_missing_protection_is_noticed(part, protects, monkeypatch):
    require("bubblewrap")
    whole = sandbox.command
    monkeypatch.setattr(
        sandbox,
        "command",
        lambda *args, **named: [p for p in whole(*args, **named) if p != part],
    )
    tried = protects.removeprefix("cold: ")
    chosen = [check for check in doctor.CHECKS if check.protects == tried]
    monkeypatch.setattr(doctor, "CHECKS", chosen)
    found = dict(doctor.check())
    assert found[protects] == "the attack got through"


def test_doctor_says_what_is_missing(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.main() == 1
    assert "apt-get install bubblewrap" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("own", "needed"),
    [
        ("print(given)", True),
        ("def mine(x):\n    return x + given", True),
        ("def mine(given):\n    return given", False),
        ("print(other.given)", False),
        ("print(given", False),
    ],
)
def test_a_visible_check_is_run_only_for_a_name_that_is_read_later(own, needed):
    made = assignment.small_steps()
    check = next(n for n, cell in enumerate(made.cells) if cell.id == "square-check")
    made.cells[check].source = "given = 1"
    assert checks_needed(made) == set()
    made.cells.append(nbformat.v4.new_code_cell(own))
    assert checks_needed(made) == ({check} if needed else set())


@pytest.mark.parametrize("module, known", [("rehearsal", True), ("feedback", False)])
def test_a_rehearsal_leaves_templates_compiled(module, known):
    code = (
        f"import tapecheck.grading.{module}\n"
        "from tapecheck.grading.feedback import TEMPLATES\n"
        "print(len(TEMPLATES.compiled))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (int(told.stdout) > 5) == known, told.stderr


def test_a_changed_function_is_seen_in_old_and_in_new_modules(monkeypatch):
    def module(name, **functions):
        made = types.ModuleType(name)
        vars(made).update(functions)
        monkeypatch.setitem(sys.modules, name, made)
        return made

    first = module("tapecheck_first", f=len, number=1)
    known = Functions()
    first.number = 2
    assert known.unchanged()
    first.f = max
    assert not known.unchanged()
    first.f = len
    second = module("tapecheck_second", g=len)  # imported later
    first.h = min  # defined later
    assert known.unchanged()
    for place, name, function in ((second, "g", len), (first, "h", min)):
        setattr(place, name, max)
        assert not known.unchanged()
        setattr(place, name, function)
        assert known.unchanged()
    del first.f
    assert not known.unchanged()
    first.f = len
    module("tapecheck_second", g=max)
    assert not known.unchanged()
