"""What whoever started the grading sees of it: a bar on a terminal, lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterable
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

LONG = 30.0  # seconds after which a submission is named as running long
EVERY = 30.0  # seconds between two lines about the whole


def printable(text: str) -> str:
    """Without what a terminal would obey; some of it comes from students."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


class Lines:
    """One line per submission, and now and then one about the whole."""

    def __init__(self, total: int, say: Callable[[str], None]):
        self.total, self.say = total, say
        self.done = self.kept = 0
        self.started = self.told = time.monotonic()

    def __enter__(self) -> "Lines":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def finished(self, line: str) -> None:
        """A submission was graded or refused."""
        self.done += 1
        self.say(f"[{self.done}/{self.total}] {printable(line)}")

    def unchanged(self) -> None:
        """A submission keeps the result it has."""
        self.done += 1
        self.kept += 1

    def remark(self, line: str) -> None:
        self.say(printable(line))

    def tick(self, running: Iterable[tuple[str, float]]) -> None:
        """Called about once a second with who is being graded and for how long."""
        now = time.monotonic()
        if now - self.told >= EVERY:
            self.told = now
            self.say(f"{self.done} of {self.total}{self.rate()}{long(running)}")

    def rate(self) -> str:
        """How fast, and how long it will take; empty as long as nobody knows."""
        graded = self.done - self.kept
        if not graded:
            return ""
        each = (time.monotonic() - self.started) / graded
        left = each * (self.total - self.done) / 60
        return f", {60 / each:.3g} per minute, {left:.0f} min left"


def long(running: Iterable[tuple[str, float]]) -> str:
    """Who is running long."""
    named = [
        f"{student} ({seconds:.0f} s)"
        for student, seconds in sorted(running, key=lambda one: -one[1])
        if seconds > LONG
    ]
    if not named:
        return ""
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f"; running long: {', '.join(named[:3])}{more}"


class Bar(Lines):
    """A bar at the foot of the terminal, with the lines above it."""

    def __init__(self, total: int, console: Console):
        # As plain text: a student's name or note is no markup.
        super().__init__(total, lambda line: console.print(Text(line)))
        self.bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[said]}", markup=False),
            console=console,
            speed_estimate_period=300,
        )
        self.task = self.bar.add_task("", total=total, said="")

    def __enter__(self) -> "Bar":
        self.bar.start()
        return self

    def __exit__(self, *about) -> None:
        self.bar.stop()

    def finished(self, line: str) -> None:
        super().finished(line)
        self.bar.advance(self.task)

    def unchanged(self) -> None:
        super().unchanged()
        # What is kept says nothing about how long the rest takes.
        self.bar.update(self.task, total=self.total - self.kept)

    def tick(self, running: Iterable[tuple[str, float]]) -> None:
        graded = self.done - self.kept
        if graded:
            each = (time.monotonic() - self.started) / graded
            said = f"{60 / each:.3g} per minute{long(running)}"
            self.bar.update(self.task, said=printable(said))


def show(total: int, say: Callable[[str], None] | None) -> Lines:
    """What fits: `say` gets lines; without it a bar, where a terminal can show one."""
    if say is not None:
        return Lines(total, say)
    console = Console(stderr=True)
    if console.is_terminal:
        return Bar(total, console)
    return Lines(total, lambda line: print(line, file=sys.stderr, flush=True))
