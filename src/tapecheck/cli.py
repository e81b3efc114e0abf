"""``tapecheck``: the course's commands."""

import argparse
import sys
from pathlib import Path

INTERRUPTED = 130  # what a shell says after Ctrl-C


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns 0, or 1 with one sentence when it failed.

    Stopped by Ctrl-C it returns 130, with one sentence, too.
    """
    parser = argparse.ArgumentParser(prog="tapecheck", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("release", help="make exercises/ from solutions/")
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("slug", nargs="?", help="one assignment")
    which.add_argument("--all", action="store_true", help="every assignment")
    command.set_defaults(run=release)

    command = commands.add_parser("grade", help="grade a folder of submissions")
    command.add_argument(
        "slug", nargs="+",
        help="the assignment; several have folders of their own, DIR/SLUG and OUT/SLUG",
    )  # fmt: skip
    command.add_argument(
        "--submissions", type=Path, required=True, metavar="DIR",
        help="holds <student>/<slug>.ipynb; or a zip, of Moodle or Canvas, too",
    )  # fmt: skip
    command.add_argument(
        "--out", type=Path, required=True, metavar="OUT",
        help="gets grades.csv, report.html, feedback/, gradebook.db; what is there "
        "and has not changed is not graded again",
    )  # fmt: skip
    command.add_argument(
        "--cell-timeout", type=float, default=60, metavar="SECONDS",
        help="how long one cell may run (default: 60)",
    )  # fmt: skip
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--workers", type=at_least_one, metavar="N",
        help="processes on this machine (default: 3 for every 2 cores)",
    )  # fmt: skip
    where.add_argument(
        "--scheduler", default="", metavar="ADDRESS",
        help="grade on the Dask cluster of this scheduler, e.g. tcp://host:8786",
    )  # fmt: skip
    command.add_argument(
        "--gradebook", default="", metavar="URL",
        help="nbgrader's database (default: OUT/gradebook.db)",
    )  # fmt: skip
    command.add_argument("--force", action="store_true", help="grade everything again")
    command.add_argument(
        "--seed", type=int, metavar="N",
        help="let the tests draw what they drew with this seed of OUT/ledger.jsonl",
    )  # fmt: skip
    command.set_defaults(run=grade)

    command.add_argument(
        "--no-sandbox",
        action="store_true",
        help="run student code unprotected; every result says so",
    )

    command = commands.add_parser(
        "doctor", help="try whether student code is locked up"
    )
    command.add_argument(
        "--student",
        action="store_true",
        help="instead: say what is missing for the exercises, and how to get it",
    )
    command.set_defaults(run=doctor)

    command = commands.add_parser("new-exercise", help="add an exercise to change")
    command.add_argument("slug", help="the assignment; made if it is not there")
    command.add_argument("name", help="the exercise, which is its function's name too")
    command.set_defaults(run=new_exercise)

    command = commands.add_parser(
        "public-tree", help="copy what may be published, without solutions and tests"
    )
    command.add_argument("dir", type=Path, metavar="DIR", help="empty, or made by it")
    command.set_defaults(run=public_tree)

    options = parser.parse_args(arguments)
    try:
        from tapecheck.grading import GradingError
    except ImportError as error:
        print(
            f"tapecheck: {error.name} is missing; pip install 'tapecheck[grading]'",
            file=sys.stderr,
        )
        return 1
    try:
        return options.run(options)
    except GradingError as error:
        print(f"tapecheck: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("tapecheck: stopped", file=sys.stderr)
        return INTERRUPTED


def release(options) -> int:
    from tapecheck.grading import release

    for folder in release(None if options.all else options.slug):
        print(f"released {folder.name}")
    return 0


def grade(options) -> int:
    from tapecheck.grading import grade
    from tapecheck.grading.batch import Stopped

    try:
        results = grade(
            options.slug if len(options.slug) > 1 else options.slug[0],
            options.submissions,
            options.out,
            cell_timeout=options.cell_timeout,
            sandbox=not options.no_sandbox,
            workers=options.workers,
            scheduler=options.scheduler,
            gradebook_url=options.gradebook,
            force=options.force,
            seed=options.seed,
        )
    except (Stopped, KeyboardInterrupt) as stopped:
        # Without words: before the first submission, or after the last.
        said = str(stopped) or "stopped; the same command goes on from there"
        print(f"tapecheck: {said}", file=sys.stderr)
        return INTERRUPTED
    # A submission that could not be examined at all is the grader's own failure.
    return 0 if all(result.examined for result in results) else 1


def at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one worker is needed")
    return number


def doctor(options) -> int:
    if options.student:
        from tapecheck import student_doctor

        return student_doctor.main()
    from tapecheck.grading import doctor

    return doctor.main()


def new_exercise(options) -> int:
    from tapecheck.grading.course import find_course
    from tapecheck.grading.new_exercise import new_exercise

    for path in new_exercise(options.slug, options.name, find_course()):
        print(f"wrote {path}")
    print(
        f"edit them, then: tapecheck release {options.slug}; make answers; make mutants"
    )
    return 0


def public_tree(options) -> int:
    from tapecheck.grading.course import find_course
    from tapecheck.grading.public_tree import public_tree

    files = public_tree(options.dir, find_course())
    print(f"{len(files)} files may be published: {options.dir}")
    return 0
