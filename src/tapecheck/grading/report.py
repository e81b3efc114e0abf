"""The class at a glance: one page that needs no network and runs no script.

Whatever a student wrote is escaped by the template; the pictures are SVG with their
numbers as text beside them.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import jinja2

from tapecheck.grading.results import CellResult, Result, counted

BINS = 10
MOST = 10  # rows of a table of the slowest and the like
UNNAMED = {
    "failed": "failed, no diagnosis",
    "error": "stopped with an error",
    "timeout": "did not answer in time",
}


@dataclass(frozen=True)
class Change:
    """A score that is not what the grading before gave."""

    student: str
    before: float
    now: float


@dataclass
class Mistake:
    """One diagnosis: who has it where, and how it is put to one of them."""

    code: str
    students: set[str] = field(default_factory=set)
    cells: set[str] = field(default_factory=set)
    example: str = ""


def histogram(scores: Iterable[float], highest: float) -> list[int]:
    """How many scores lie in each of `BINS` equal parts of 0 to `highest`."""
    counts = [0] * BINS
    for score in scores:
        share = score / highest if highest else 0
        counts[max(0, min(BINS - 1, int(share * BINS)))] += 1
    return counts


def mistakes(results: Iterable[Result]) -> list[Mistake]:
    """The diagnoses of the class, commonest first."""
    found: dict[str, Mistake] = defaultdict(lambda: Mistake(""))
    for result in results:
        for name, cell in result.cells.items():
            for code in codes(cell):
                one = found[code]
                one.code = code
                one.students.add(result.student)
                one.cells.add(name)
                one.example = one.example or cell.message
    return sorted(found.values(), key=lambda one: (-len(one.students), one.code))


def codes(cell: CellResult) -> tuple[str, ...]:
    if cell.codes:
        return cell.codes
    return (UNNAMED[cell.verdict],) if cell.verdict in UNNAMED else ()


def pass_rates(
    points: Mapping[str, float], results: Iterable[Result]
) -> dict[str, tuple[int, int]]:
    """For each graded cell: who passed it, of those whose cell is decided."""
    rates = {name: (0, 0) for name in points}
    for result in results:
        for name, cell in result.cells.items():
            if cell.verdict != "needs-a-look":
                passed, of = rates[name]
                rates[name] = (passed + (cell.points >= cell.max_points), of + 1)
    return rates


def human(results: Iterable[Result]) -> list[tuple[str, str]]:
    """Who needs a human and why."""
    found = []
    for result in results:
        waiting = [n for n, c in result.cells.items() if c.verdict == "needs-a-look"]
        if result.status == "refused" or not result.examined:
            found.append((result.student, "; ".join(result.notes)))
        elif waiting:
            found.append((result.student, f"to be read: {', '.join(waiting)}"))
    return found


def page(
    slug: str,
    points: Mapping[str, float],
    results: list[Result],
    seconds: Mapping[str, float],
    changes: list[Change],
) -> str:
    """The report as HTML."""
    examined = [result for result in results if result.cells]
    scores = [result.score for result in examined]
    highest = sum(points.values())
    by_time = sorted(seconds.items(), key=lambda one: -one[1])
    healed = sorted(results, key=lambda result: -result.healed)
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["g"] = lambda number: f"{number:g}"
    environment.filters["counted"] = counted
    environment.filters["link"] = lambda student: f"feedback/{quote(student)}.html"
    return environment.from_string(PAGE).render(
        slug=slug,
        results=results,
        statuses=[
            (status, sum(result.status == status for result in results))
            for status in ("graded", "needs-a-look", "refused")
        ],
        scores=scores,
        highest=highest,
        mean=statistics.fmean(scores) if scores else 0,
        median=statistics.median(scores) if scores else 0,
        bins=histogram(scores, highest),
        edges=[highest * part / BINS for part in range(BINS + 1)],
        rates=pass_rates(points, results),
        mistakes=mistakes(results),
        slowest=[one for one in by_time if one[1] > 0][:MOST],
        healed=[result for result in healed if result.healed][:MOST],
        human=human(results),
        changes=changes,
    )


PAGE = """\
{% macro who(student) -%}
<th scope="row"><a href="{{ student | link }}">{{ student }}</a></th>
{%- endmacro %}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ slug }}: the class</title>
<style>
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --quiet: #5a636b;
  --rule: #d5dade; --bar: #0b6ba8; --track: #e6eaed; --link: #0a5c91 }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181b; --ink: #e8ecef; --quiet: #a3adb5; --rule: #3a434a;
    --bar: #58b0e8; --track: #2a3238; --link: #7cc4f5 } }
body { background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui,
  sans-serif; margin: 0 auto; max-width: 48rem; padding: 1rem }
h1 { font-size: 1.6rem; line-height: 1.2 } h2 { font-size: 1.2rem; margin-top: 2.5rem }
a { color: var(--link) }
table { border-collapse: collapse; width: 100% }
caption { color: var(--quiet); text-align: left; padding-bottom: .3rem }
th, td { border-bottom: 1px solid var(--rule); overflow-wrap: anywhere;
  padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top }
.n { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap }
th[scope=col] { overflow-wrap: normal }
svg { display: block; height: auto; max-width: 30rem; width: 100% }
td svg { height: .8rem; margin-top: .35rem }
svg text { fill: var(--ink); font: 11px system-ui, sans-serif }
.bar { fill: var(--bar) } .track { fill: var(--track) } .axis { stroke: var(--quiet) }
.quiet { color: var(--quiet) }
</style>
</head>
<body>
<main>
<h1>{{ slug }}</h1>
<p>{{ results | length | counted }}:
{%- for status, count in statuses %} {{ count }} {{ status }}{{ "," if not loop.last }}
{%- endfor %}.
{% if scores %}
Of {{ highest | g }} points the median is {{ "%.3g" | format(median) }} and the mean
{{ "%.3g" | format(mean) }}.
{% endif %}
</p>

<h2>Scores</h2>
{% if scores %}
{% set top = bins | max %}
<svg viewBox="0 0 360 170" role="img" aria-labelledby="scores-title scores-text">
<title id="scores-title">Distribution of scores</title>
<desc id="scores-text">
{%- for count in bins %}{{ edges[loop.index0] | g }} to {{ edges[loop.index] | g }}
 points: {{ count }} submissions{{ "; " if not loop.last }}{% endfor %}.</desc>
{% for count in bins %}
{% set height = 120 * count / top %}
<rect class="bar" x="{{ 12 + 34 * loop.index0 }}"
 width="30" y="{{ "%.1f" | format(140 - height) }}"
 height="{{ "%.1f" | format(height) }}"/>
{% if count %}
<text x="{{ 27 + 34 * loop.index0 }}" y="{{ "%.1f" | format(135 - height) }}"
 text-anchor="middle">{{ count }}</text>
{% endif %}
{% endfor %}
<line class="axis" x1="8" x2="352" y1="140.5" y2="140.5"/>
{% for edge in edges %}
{% if loop.index0 % 2 == 0 %}
<text x="{{ 10 + 34 * loop.index0 }}" y="155" text-anchor="middle">{{ edge | g }}</text>
{% endif %}
{% endfor %}
<text x="180" y="168" text-anchor="middle">points</text>
</svg>
{% else %}
<p>No submission has a score yet.</p>
{% endif %}

<h2>Graded cells</h2>
<table>
<caption>How many passed each cell, of those that are decided</caption>
<thead><tr><th scope="col">cell</th><th scope="col" class="n">passed</th>
<th scope="col" style="width: 45%">share</th></tr></thead>
<tbody>
{% for name, (passed, of) in rates.items() %}
{% set share = 100 * passed / of if of else 0 %}
<tr><th scope="row">{{ name }}</th>
<td class="n">{{ passed }} of {{ of }}</td>
<td><svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img"
 aria-label="{{ name }}: {{ "%.0f" | format(share) }} percent passed">
<rect class="track" width="100" height="10" rx="1"/>
<rect class="bar" width="{{ "%.1f" | format(share) }}" height="10" rx="1"/>
</svg></td></tr>
{% endfor %}
</tbody>
</table>

<h2>Commonest mistakes</h2>
{% if mistakes %}
<table>
<caption>By diagnosis, with one of the sentences that students were told</caption>
<thead><tr><th scope="col">diagnosis</th><th scope="col" class="n">students</th>
<th scope="col">cells and example</th></tr></thead>
<tbody>
{% for one in mistakes %}
<tr><th scope="row">{{ one.code }}</th><td class="n">{{ one.students | length }}</td>
<td>{{ one.cells | sort | join(", ") }}<br>
<span class="quiet">{{ one.example }}</span></td></tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>None.</p>
{% endif %}

<h2>Needs a human</h2>
{% if human %}
<table>
<thead><tr><th scope="col">student</th><th scope="col">why</th></tr></thead>
<tbody>
{% for student, why in human %}
<tr>{{ who(student) }}
<td>{{ why }}</td></tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>Nobody.</p>
{% endif %}

<h2>Against the last grading</h2>
{% if changes %}
<table>
<caption>Scores that are not what they were</caption>
<thead><tr><th scope="col">student</th><th scope="col" class="n">before</th>
<th scope="col" class="n">now</th></tr></thead>
<tbody>
{% for change in changes %}
<tr>{{ who(change.student) }}
<td class="n">{{ change.before | g }}</td><td class="n">{{ change.now | g }}</td></tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>No score changed.</p>
{% endif %}

<h2>Slowest</h2>
{% if slowest %}
<table>
<thead>
<tr><th scope="col">student</th><th scope="col" class="n">seconds</th></tr></thead>
<tbody>
{% for student, time in slowest %}
<tr>{{ who(student) }}
<td class="n">{{ "%.1f" | format(time) }}</td></tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>No times are known.</p>
{% endif %}

<h2>Most healed</h2>
{% if healed %}
<table>
<caption>Notebooks whose cells had to be put back in place</caption>
<thead><tr><th scope="col">student</th><th scope="col" class="n">repairs</th>
<th scope="col">notes</th></tr></thead>
<tbody>
{% for result in healed %}
<tr>{{ who(result.student) }}
<td class="n">{{ result.healed }}</td><td>{{ result.notes | join("; ") }}</td></tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>None.</p>
{% endif %}
</main>
</body>
</html>
"""
