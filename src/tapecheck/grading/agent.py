"""The half of the bridge that runs in the student's kernel.

It answers requests about the student's objects: look a name up, call it, differentiate
through it. Whatever it answers is only ever compared, by tests that are elsewhere, with
references that are elsewhere; a student who takes it over gains nothing.
"""

import json
import os
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

from tapecheck.grading import codec, forbidden, portable
from tapecheck.grading.wire import Wire, accept

MAX_MESSAGE = 2_000

handles: dict[int, Any] = {}
snapshots: dict[str, dict[str, Any]] = {}
now = ""  # the cell after which names mean what they mean


mask = forbidden.Mask([])
about: dict[str, tuple[bool, list[str]]]
wire: Wire


def start(hidden: list[str], cells: dict[str, tuple[bool, list[str]]]) -> None:
    """Let the grader in; make files beside the notebook importable, but last.

    `cells` says of each cell that will be run whether it is ours, and what it may not
    use.
    """
    global wire, about
    wire = accept()
    about = cells
    sys.path.append(os.getcwd())
    forbidden.hide(hidden)
    shell().events.register("pre_run_cell", enter)
    shell().events.register("post_run_cell", leave)


def enter(cell) -> None:
    """Before a cell: what it may not use is out of reach, unless it is ours."""
    if cell.cell_id in about:
        ours, names = about[cell.cell_id]
        forbidden.Absent.lenient = ours
        forbid(names)
        wire.send(json.dumps({"begun": cell.cell_id}).encode())


def leave(result) -> None:
    """After a cell: keep what every name means now."""
    global now
    cell = result.info.cell_id
    if cell in about:
        mask.lift()
        snapshots[cell] = dict(shell().user_ns)
        now = cell


def forbid(names: list[str]) -> None:
    """Have just these names out of reach."""
    global mask
    if not mask.covers(names):
        mask.lift()
        mask = forbidden.Mask(names)


def shell():
    from IPython import get_ipython

    return get_ipython()


def serve() -> None:
    """Answer one request after the other."""
    while True:
        wire.send(answer(wire.receive()))


def answer(request: bytes) -> bytes:
    """Answer one request, both JSON; an exception is an answer, too."""
    asked: dict = {}
    try:
        asked = json.loads(request)
        forbidden.Absent.lenient = False
        forbid(asked["forbidden"])
        reply = respond(asked)
    except BaseException as error:
        reply = {"error": describe(error)}
    return json.dumps({**reply, "number": asked.get("number")}).encode()


def respond(request: dict) -> dict:
    go_back_to(request["after"])
    operation = request["do"]
    target = find(request["of"])
    if operation == "get":
        if isinstance(target, types.ModuleType):
            raise TypeError(f"{request['of']['name']} is a module")
        return {"value": encode(target)}
    given = decode(request["args"])
    named = decode(request["named"])
    if operation in ("derivative", "through"):
        mask.lift()  # the oracle itself needs the tape
    before = [codec.encode(value, keep) for value in (given, named)]
    result = OPERATIONS[operation](target, *given, **named)
    after = [codec.encode(value, keep) for value in (given, named)]
    try:
        reply = {"value": encode(result)}
    except codec.CodecError as error:
        reply = {"unusable": str(error)}
    if before != after:
        reply["changed"] = after
    return reply


def go_back_to(cell: str) -> None:
    """Let every name mean what it meant when the cell had run.

    All cells run before the first test, and a later one may well use a name again that
    an earlier function needs.
    """
    global now
    if cell in snapshots and cell != now:
        names = shell().user_ns
        snapshots[now] = dict(names)
        names.clear()
        names.update(snapshots[cell])
        now = cell


def find(what: dict) -> Any:
    """The object a request is about: a name, or a handle."""
    if "handle" in what:
        return handles[what["handle"]]
    names = shell().user_ns
    if what["name"] not in names:
        raise NameError(f"name {what['name']!r} is not defined")
    return names[what["name"]]


def keep(value: Any) -> dict:
    """Send a handle in place of an object that cannot cross."""
    handles[id(value)] = value
    return {"handle": id(value), "name": type(value).__name__}


def encode(value: Any) -> Any:
    return codec.encode(value, keep)


def decode(data: Any) -> Any:
    return codec.decode(data, resolve)


def resolve(data: dict) -> Any:
    if "handle" in data or "after" in data:
        return find(data)
    if "callback" in data:
        return Callback(data["callback"])
    return portable.unpack(data)


class Callback:
    """A function of the test's that stays with the test: each call goes there."""

    def __init__(self, number: int):
        self.number = number

    def __call__(self, *args, **named):
        question = {
            "callback": self.number,
            "args": codec.encode(args),
            "named": codec.encode(named),
        }
        reply = wire.ask(question)
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return codec.decode(reply["value"])


def derivative(oracle: str, function: Callable, *given: Any) -> Any:
    """What one of `tapecheck.oracles` finds for a student's function."""
    from tapecheck import oracles

    return getattr(oracles, oracle)(function, *given)


def through(op: Callable, *given: Any, **options: Any) -> dict:
    """What `tapecheck.ops.through` finds for a student's op."""
    from tapecheck import ops

    return ops.answer(op, *given, **options)


OPERATIONS: dict[str, Callable] = {
    "call": lambda f, *args, **named: f(*args, **named),
    "attribute": getattr,
    "set": setattr,
    "item": lambda value, key: value[key],
    "set_item": lambda value, key, item: value.__setitem__(key, item),
    "length": len,
    "list": lambda value, limit: [item for item, _ in zip(value, range(limit))],  # noqa: B905
    "through": through,
    "derivative": lambda f, oracle, *given: derivative(oracle, f, *given),
}


def describe(error: BaseException) -> dict:
    """What happened, for the instructor, and where, for the student."""
    place = ["", 0]
    for frame in traceback.extract_tb(error.__traceback__):
        if "ipykernel_" in frame.filename:
            place = [os.path.basename(frame.filename), frame.lineno or 0]
    if isinstance(error, SyntaxError):
        place = [os.path.basename(error.filename or ""), error.lineno or 0]
    return {
        "type": type(error).__name__,
        "message": str(error)[:MAX_MESSAGE],
        "place": place,
    }
