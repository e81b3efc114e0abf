"""Hostile notebooks: what ours gives, what stock nbgrader gives, what each deserves.

    python benchmarks/hostile.py [--ours-only] [NAME ...]

Each case of tests/hostile/cases is graded by both, in one run. Stock runs inside a
sandbox of its own, which protects this machine and changes nothing of its verdicts.
"""

import argparse
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "hostile"))

import harness  # noqa: E402

from tapecheck.grading import sandbox  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only these cases")
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if why := sandbox.missing():
        print(why)
        return 1
    cases = [c for c in harness.cases() if not options.names or c.name in options.names]
    workspace = Path(tempfile.mkdtemp(prefix="hostile-"))
    try:
        ours = harness.grade_ours(cases, workspace, options.workers)
        left = harness.left_behind(workspace)
        stock = {} if options.ours_only else grade_stock(cases, workspace, options)
    finally:
        shutil.rmtree(workspace, ignore_errors=True)

    fair: dict[str, int] = {"ours": 0, "stock": 0}
    print(f"{'case':30} {'deserved':>8} {'ours':>8} {'stock':>8}  what it tries")
    for case in cases:
        shown = []
        for who, outcomes in (("ours", ours), ("stock", stock)):
            outcome = outcomes.get(case.name)
            if outcome is None:
                shown.append("-")
                continue
            right = outcome.points == case.points
            fair[who] += right
            shown.append(f"{sum(outcome.points.values()):g}" + "!" * (not right))
        if ours[case.name].points != case.points:
            print(f"    {ours[case.name].said}")
        deserved = f"{sum(case.points.values()):g}"
        print(f"{case.name:30} {deserved:>8} {shown[0]:>8} {shown[1]:>8}  {case.tries}")
    total = len(cases)
    print(
        f"ours {fair['ours']} of {total} as deserved; "
        f"stock {fair['stock']} of {total}; left behind: {', '.join(left) or 'none'}"
    )
    return 0 if fair["ours"] == total and not left else 1


def grade_stock(cases, workspace: Path, options) -> dict:
    for slug in {case.slug for case in cases}:
        harness.prepare_stock(slug, workspace)
    with ThreadPoolExecutor(options.workers) as pool:
        outcomes = pool.map(lambda case: harness.grade_stock(case, workspace), cases)
        return {case.name: outcome for case, outcome in zip(cases, outcomes)}  # noqa: B905


if __name__ == "__main__":
    sys.exit(main())
