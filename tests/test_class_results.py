"""What a class's instructor gets, and what they may hand over."""

import contextlib
import csv
import html.parser
import io
import re
import shutil
import sqlite3
import zipfile
from pathlib import Path

import nbformat
import pytest
import stub_grading as stub
from test_class_faults import klass  # noqa: F401

from tapecheck.grading import (
    CellResult,
    GradingError,
    Result,
    exports,
    grade,
    intake,
    lms,
    report,
    worker,
)
from tapecheck.grading.course import Assignment
from tapecheck.grading.progress import Lines, long, printable

# --- what Moodle and Canvas hand out -----------------------------------------------


@pytest.mark.parametrize(
    ("name", "system", "id_", "who", "file"),
    [
        ("Ada Lovelace_12345_assignsubmission_file_", "moodle", "12345",
         "Ada Lovelace", ""),
        ("Lovelace_Ada_12345_assignsubmission_file_", "moodle", "12345",
         "Lovelace_Ada", ""),
        ("Ada Lovelace_12345_assignsubmission_file", "moodle", "12345",
         "Ada Lovelace", ""),
        ("Ada Lovelace_12345_assignsubmission_file_x_1.ipynb", "moodle", "12345",
         "Ada Lovelace", "x_1.ipynb"),
        ("lovelaceada_123_456_x.ipynb", "canvas", "123", "lovelaceada", "x.ipynb"),
        ("lovelaceada_LATE_123_456_x_2.ipynb", "canvas", "123", "lovelaceada",
         "x_2.ipynb"),
    ],
)  # fmt: skip
def test_names_of_downloads_are_understood(name, system, id_, who, file):
    upload = lms.read_name(name)
    assert (upload.sender.system, upload.sender.id) == (system, id_)
    assert (upload.sender.name, upload.file) == (who, file)
    assert upload.late == ("LATE" in name)


@pytest.mark.parametrize("name", ["ada", "ada_1", "small-steps", "03_backprop.ipynb"])
def test_other_names_stay_what_they_are(name):
    assert lms.read_name(name) is None


def test_a_student_of_any_name_gets_a_name_of_their_own():
    for name in ("=1+1", "O’Brien (x)", "../..", "<b>", "-", "a" * 300):
        student = lms.Sender("moodle", "7", name).student
        assert intake.NAME.fullmatch(student), student
        assert student != lms.Sender("moodle", "8", name).student


def notebook(passes: str) -> bytes:
    cell = nbformat.v4.new_code_cell(f"# passes: {passes}\n# does: ")
    return nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode()


CANVAS = {
    "lovelaceada_123_900_small-steps.ipynb": notebook(""),
    "lovelaceada_123_901_small-steps-1.ipynb": notebook("square-value"),
    "lovelaceada_123_905_small-steps-2.ipynb": notebook("square-value linear-dw"),
    "benbo_LATE_124_902_small-steps.ipynb": notebook("linear-dx"),
    "cembo_125_903_notes.txt": b"no notebook",
}
MOODLE = {
    "Ada Lovelace_12345_assignsubmission_file_/small-steps.ipynb": notebook(
        "square-value linear-dw"
    ),
    "Ada Lovelace_12345_assignsubmission_onlinetext_/onlinetext.html": b"hello",
    "Bo_Ben_12346_assignsubmission_file_/mine.ipynb": notebook("linear-dx"),
    "Dia Doe_12347_assignsubmission_file_small-steps.ipynb": notebook(""),
}


def lay_out(files: dict[str, bytes], where: Path, zipped: bool) -> Path:
    if zipped:
        with zipfile.ZipFile(where.with_suffix(".zip"), "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return where.with_suffix(".zip")
    for name, data in files.items():
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        (where / name).write_bytes(data)
    return where


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("zipped", [False, True], ids=["folder", "zip"])
def test_from_canvas_and_back(klass, zipped):  # noqa: F811
    klass.submissions = lay_out(CANVAS, klass.submissions, zipped)
    results = {result.student: result for result in klass.grade()}
    assert set(results) == {"lovelaceada_123", "benbo_124", "cembo_125"}
    assert results["lovelaceada_123"].score == 5
    assert (
        "3 uploads; the latest of each file counts" in results["lovelaceada_123"].notes
    )
    assert "handed in late" in results["benbo_124"].notes
    assert results["cembo_125"].status == "refused"
    assert rows(klass.out / "canvas.csv") == [
        [*"Student,ID,SIS User ID,SIS Login ID,Section".split(","), stub.SLUG],
        ["    Points Possible", "", "", "", "", "10"],
        ["benbo", "124", "", "", "", "2"],
        ["cembo", "125", "", "", "", "0"],
        ["lovelaceada", "123", "", "", "", "5"],
    ]


@pytest.mark.parametrize("zipped", [False, True], ids=["folder", "zip"])
def test_from_moodle_and_back(klass, zipped):  # noqa: F811
    klass.submissions = lay_out(MOODLE, klass.submissions, zipped)
    results = {result.student: result for result in klass.grade()}
    assert set(results) == {"Ada Lovelace_12345", "Bo_Ben_12346", "Dia Doe_12347"}
    header, *lines = rows(klass.out / "moodle.csv")
    table = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
    assert table["Participant 12345"]["Full name"] == "Ada Lovelace"
    assert table["Participant 12345"]["Grade"] == "5"
    # Another file name without the assignment's cells: refused, and zero.
    assert results["Bo_Ben_12346"].status == "refused"
    assert table["Participant 12346"]["Grade"] == "0"
    assert table["Participant 12347"]["Maximum grade"] == "10"
    said = table["Participant 12347"]["Feedback comments"]
    assert "linear-dw &lt;b&gt;wrong&lt;/b&gt; [sign]" in said


def test_the_latest_of_what_was_handed_in_again_counts():
    files = [("x.ipynb", 5), ("x-2.ipynb", 1), ("x-1.ipynb", 9), ("y-1.txt", 3)]
    assert lms.latest(files, "z") == {"x.ipynb": 1, "y-1.txt": 3}
    assert lms.latest([("x.ipynb", 5), ("x.ipynb", 7)], "z") == {"x.ipynb": 1}
    # An assignment may itself be named like that.
    assert lms.latest([("x-1.ipynb", 1), ("x-1-1.ipynb", 2)], "x-1") == {"x-1.ipynb": 1}


def test_a_student_with_a_folder_and_a_zip_must_choose(tmp_path):
    course = stub.assignment.write_course(tmp_path / "course")
    stub.hand_in(tmp_path / "in", "ada")
    with zipfile.ZipFile(tmp_path / "in" / "ada.zip", "w") as archive:
        archive.writestr("small-steps.ipynb", notebook(""))
    (found,) = intake.submissions(tmp_path / "in", Assignment(course, stub.SLUG))
    assert "handed in twice, as ada and ada.zip; remove one" in found.refusal


def test_whoever_waits_for_a_human_has_no_grade_yet(tmp_path):
    waits = {"a": CellResult(1, 2, "needs-a-look", "read by your teacher")}
    done = {"a": CellResult(1, 2, "failed", "wrong")}
    results = [
        Result("ada", "x", "graded", 1, 2, waits),
        Result("ben", "x", "graded", 1, 2, done),
        Result("eve", "x", "needs-a-look", 0, 2, {}, ["it broke"]),
    ]
    senders = dict.fromkeys(("ada", "ben", "eve"))
    exports.write_canvas(results, senders, 2, tmp_path / "canvas.csv")
    exports.write_moodle(results, senders, 2, tmp_path / "moodle.csv")
    assert [row[-1] for row in rows(tmp_path / "canvas.csv")[2:]] == ["", "1", ""]
    assert [row[2] for row in rows(tmp_path / "moodle.csv")[1:]] == ["", "1", ""]
    assert [row[3] for row in rows(tmp_path / "canvas.csv")[2:]] == [
        "ada",
        "ben",
        "eve",
    ]


# --- the report --------------------------------------------------------------------

EVIL = "<script>alert(1)</script>"


def a_report(**changes) -> str:
    results = [
        Result(
            f"s{n:02}", "x", "graded", n % 3, 2,
            {
                "a": CellResult(n % 2, 1, "passed" if n % 2 else "failed",
                                "" if n % 2 else f"{EVIL} [sign]",
                                () if n % 2 else ("sign",)),
                "b": CellResult(0, 1, "error", "It stopped."),
            },
            [EVIL], n,
        )
        for n in range(12)
    ] + [Result("zoe", "x", "refused", 0, 2, {}, [f"zoe: {EVIL}"])]  # fmt: skip
    details = {
        "seconds": {result.student: float(n) for n, result in enumerate(results)},
        "changes": [report.Change("s01", 1, 2)],
        **changes,
    }
    return report.page("x", {"a": 1.0, "b": 1.0}, results, **details)


def section(page: str, title: str) -> str:
    """The text of one section."""
    part = page.partition(f"<h2>{title}</h2>")[2].partition("<h2>")[0]
    assert part, title
    return " ".join(re.sub(r"<[^>]*>", " ", part).split())


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen, self.links = [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        self.links += [v for k, v in attributes if k in ("src", "href")]


def test_the_report_runs_nothing_and_loads_nothing():
    page = a_report()
    tags = Tags()
    tags.feed(page)
    assert "script" not in {tag for tag, _ in tags.seen} and EVIL not in page
    assert "&lt;script&gt;" in page
    assert all(link.startswith("feedback/") for link in tags.links) and tags.links
    assert "default-src 'none'" in page and "url(" not in page and "@import" not in page
    assert "prefers-color-scheme: dark" in page and "width=device-width" in page
    for tag, attributes in tags.seen:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert attributes.keys() & {"aria-label", "aria-labelledby"}


def test_the_report_counts_what_happened():
    page = a_report()
    assert "12 graded, 0 needs-a-look, 1 refused" in " ".join(page.split())
    assert "a 6 of 12" in section(page, "Graded cells")
    assert "b 0 of 12" in section(page, "Graded cells")
    said = section(page, "Commonest mistakes")
    assert re.search(r"stopped with an error 12 b .*sign 6 a", said)
    assert "zoe" in section(page, "Needs a human")
    assert "s11 11.0" in section(page, "Slowest") and "s01" not in section(
        page, "Slowest"
    )
    assert section(page, "Most healed").index("s11") < section(
        page, "Most healed"
    ).index("s10")
    assert "s01 1 2" in section(page, "Against the last grading")
    assert section(a_report(changes=[]), "Against the last grading") == (
        "No score changed."
    )


def test_a_class_of_one_is_one_submission(klass):  # noqa: F811
    klass.hand_in(ada="square-value")
    klass.grade()
    assert "1 graded, 0 needs-a-look, 0 refused of 1 submission: " in klass.lines[-1]
    assert "<p>1 submission:" in (klass.out / "report.html").read_text("utf-8")
    klass.hand_in(ben="")
    klass.grade()
    assert "of 2 submissions (1 unchanged): " in klass.lines[-1]
    assert "<p>2 submissions:" in (klass.out / "report.html").read_text("utf-8")


def test_workers_get_no_other_student(klass, monkeypatch, tmp_path):  # noqa: F811
    packs, pack = [], worker.pack
    monkeypatch.setattr(worker, "pack", lambda *a: packs.append(pack(*a)) or packs[-1])
    klass.hand_in(ada="square-value")
    klass.grade()
    klass.hand_in(ben="")
    klass.grade()

    def rows(gradebook):
        with contextlib.closing(sqlite3.connect(gradebook)) as database:
            tables = ("student", "submitted_assignment", "source_cell", "grade_cells")
            return [
                database.execute(f"select count(*) from {table}").fetchone()[0]
                for table in tables
            ]

    def packed(course):
        with zipfile.ZipFile(io.BytesIO(course)) as archive:
            return archive.extract(worker.GRADEBOOK, tmp_path)

    first, again = (rows(packed(course)) for course in packs)
    assert first == again and first[:2] == [0, 0] and all(first[2:])
    assert rows(klass.out / "gradebook.db") == [2, 2, *first[2:]]


def test_several_assignments_are_graded_side_by_side(klass):  # noqa: F811
    first, second = slugs = stub.SLUG, "more-steps"
    source = klass.course / "solutions" / first / f"{first}.ipynb"
    (klass.course / "solutions" / second).mkdir()
    shutil.copy(source, klass.course / "solutions" / second / f"{second}.ipynb")
    stub.hand_in(klass.submissions / first, "ada", "square-value")
    options = {
        **{"course": klass.course, "progress": klass.lines.append},
        **{"workers": 2, "sandbox": False, "work": stub.work},
    }
    with pytest.raises(GradingError, match=f"{second} is no folder"):
        grade(slugs, klass.submissions, klass.out, **options)
    stub.hand_in(klass.submissions / second, "ada", "linear-dx", slug=second)
    stub.hand_in(klass.submissions / second, "ben", "linear-dw", slug=second)
    results = grade(slugs, klass.submissions, klass.out, **options)
    scores = [(result.assignment, result.student, result.score) for result in results]
    assert scores == [(first, "ada", 2), (second, "ada", 2), (second, "ben", 3)]
    assert sum(line.startswith("[3/3]") for line in klass.lines) == 1
    for slug, students in zip(slugs, (1, 2), strict=True):
        table = (klass.out / slug / "grades.csv").read_text()
        assert len(table.splitlines()) == 1 + students
    assert len(grade(slugs, klass.submissions, klass.out, **options)) == 3
    assert "3 unchanged" not in klass.lines[-1] and "2 unchanged" in klass.lines[-1]


def test_every_score_is_in_one_bin():
    assert report.histogram([0, 10, 9.99, 5, 5], 10) == [1, 0, 0, 0, 0, 2, 0, 0, 0, 2]
    assert report.histogram([0, 0], 0)[0] == 2
    assert sum(report.histogram([11, -1], 10)) == 2


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_fits_a_phone_and_passes_axe(browser, tmp_path, scheme):
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "report.html"
    path.write_text(a_report(), encoding="utf-8")
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = Axe().run(page).response["violations"]
    assert [violation["id"] for violation in found] == []
    context.close()


# --- progress ----------------------------------------------------------------------


def test_who_runs_long_is_named(monkeypatch):
    running = [("ada", 5.0), ("ben", 31.0), ("cem", 300.0)]
    assert long(running) == "; running long: cem (300 s), ben (31 s)"
    assert long(running[:1]) == ""
    lines: list[str] = []
    shown = Lines(10, lines.append)
    shown.unchanged()
    shown.finished("ada: graded\x1b[2J")
    assert lines == ["[2/10] ada: graded?[2J"]
    monkeypatch.setattr(shown, "told", shown.told - 60)
    monkeypatch.setattr(shown, "started", shown.started - 30)
    shown.tick(running)
    assert re.fullmatch(
        r"2 of 10, 2 per minute, 4 min left; running long: cem .*", lines[1]
    )
    assert printable("a\nb\tc") == "a\nb?c"


def test_on_a_terminal_there_is_a_bar():
    from rich.console import Console

    from tapecheck.grading.progress import Bar

    seen = io.StringIO()
    console = Console(file=seen, force_terminal=True, width=120)
    with Bar(3, console) as bar:
        bar.unchanged()
        bar.finished("ada: graded [bold]")
        bar.started -= 60
        bar.tick([("ben", 95.0)])
    said = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.getvalue())
    assert "[2/3] ada: graded [bold]" in said
    assert "1/2" in said and "running long: ben (95 s)" in said
