"""Tests one after the other in their kernel: what each says, and what has no end."""

import asyncio

import nbformat
import pytest

from tapecheck.grading import trusted
from tapecheck.grading.kernels import LOCAL, KernelEnded, Surroundings, in_own_loop
from tapecheck.grading.verdicts import Verdict


class Echo(trusted.Question):
    """A student whose function `f` returns what it is given, after a while."""

    def __init__(self) -> None:
        super().__init__({}, None, ["f"], "", (), (), lambda name: "")  # type: ignore[arg-type]

    async def ask(self, message, call_back):
        if message["do"] == "get":
            return {"value": {"handle": 1, "name": "f"}}
        self.asked = True
        await asyncio.sleep(0.3)
        return {"value": message["args"]}


def judged(folder, *codes: str, timeout: float = 30) -> list[tuple[Verdict, list]]:
    async def judge():
        surroundings = Surroundings(folder, "", limits=trusted.UNLIMITED)
        tests = await trusted.take([LOCAL], surroundings, timeout)
        try:
            found = []
            for code in codes:
                cell = nbformat.v4.new_code_cell(code)
                found.append((await tests.run(code, Echo(), cell), cell.outputs))
            return found
        finally:
            await trusted.give_back(tests, False)

    return in_own_loop(judge())


def test_a_test_passes_fails_or_gives_part_of_the_points(tmp_path):
    passed, failed, part, later = judged(
        tmp_path,
        "kept = 7\nprint('nobody reads this')",
        "assert f(2) == (3,), 'it should be 3'",
        "%time 1\nassert f(kept) == (7,)\n0.5",
        "def first():\n    return kept\nassert first() == 7",
    )
    assert passed == (Verdict("passed"), [])
    assert (failed[0].verdict, failed[0].message) == ("failed", "it should be 3")
    assert "assert f(2) == (3,)" in failed[0].detail
    assert part[0] == later[0] == Verdict("passed")
    assert [output.data["text/plain"] for output in part[1]] == ["0.5"]


@pytest.mark.parametrize(
    ("endless", "verdict"),
    [("while True:\n    pass", "needs-a-look"), ("while True:\n    f(1)", "timeout")],
)
def test_after_a_test_without_end_the_next_gets_its_own_answers(
    tmp_path, endless, verdict
):
    before, stopped, after = judged(
        tmp_path, "kept = 7", endless, "assert f(kept) == (7,)", timeout=2
    )
    assert before[0] == after[0] == Verdict("passed")
    assert stopped[0].verdict == verdict


def test_a_kernel_that_ends_in_a_test_says_so(tmp_path):
    with pytest.raises(KernelEnded, match="the process ended"):
        judged(tmp_path, "import os\nos._exit(1)")


@pytest.mark.parametrize(("data", "same"), [("a,b\n1,2", True), ("a,b\n1,3", False)])
def test_a_kept_kernel_serves_whoever_has_the_same_data(tmp_path, data, same):
    async def taken_twice():
        first = second = None
        for name, text in (("first", "a,b\n1,2"), ("second", data)):
            folder = tmp_path / name
            folder.mkdir()
            (folder / "table.csv").write_text(text)
            files = tmp_path / f"beside {name}"
            files.mkdir()
            surroundings = Surroundings(files, str(folder), limits=trusted.UNLIMITED)
            first, second = second, await trusted.take([LOCAL], surroundings, 30)
            await trusted.give_back(second, True)
        await second.stop()
        trusted.kept.clear()
        return first is second, first is not second and first.kernel.ended

    assert in_own_loop(taken_twice()) == (
        (True, False) if same else (False, "it was stopped")
    )
