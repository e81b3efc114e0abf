"""The half of the bridge that runs beside the tests: stand-ins for students' names.

A test calls ``neuron_backward(x, dy)`` as ever; the call travels to the student's
kernel as plain arrays and the answer comes back as plain arrays.
"""

import ast
import asyncio
import contextlib
import functools
import io
import operator
import os
import random
import re
import signal
import sys
import threading
import traceback
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing  # noqa: F401  (a change to it is seen only if it is there first)
from IPython import get_ipython

from tapecheck.grading import codec, portable
from tapecheck.grading.wire import Wire, accept

MAX_ITEMS = 10_000


class StudentError(Exception):
    """What a student's code did instead of answering.

    `kind` is ``error`` (it raised), ``timeout``, ``died`` or ``unusable`` (its answer
    is none); `facts` say where, for the grader to put into words.
    """

    def __init__(self, kind: str, facts: dict):
        super().__init__(f"{kind}: {facts.get('type', '')} {facts.get('message', '')}")
        self.kind = kind
        self.facts = facts


class Bridge:
    """The connection to the grader, which passes questions on to the student."""

    def __init__(self, wire: Wire):
        self.wire = wire
        self.callbacks: list[Callable] = []
        self.waiting = self.interrupted = False
        self.origin: dict = {}  # the student's kernel that answered last
        self.received: list[Any] = []  # what the student said since the last `bind`

    def ask(self, question: dict) -> dict:
        """One question, one answer; in between, the test's own functions may be called.

        Raises StudentError when the answer is that there is none.
        """
        if self.waiting:
            raise RuntimeError("a callback cannot use the student's functions")
        self.waiting = True
        try:
            reply = self.wire.ask(question)
            while "callback" in reply:
                reply = self.wire.ask(self.call_back(reply))
        finally:
            self.waiting = False
        if self.interrupted:
            self.interrupted = False
            raise KeyboardInterrupt
        self.origin = reply.get("origin", {})
        if "kind" in reply:
            raise StudentError(reply["kind"], reply)
        return reply

    def next_test(self, said: dict | None) -> dict:
        """What the grader has in return for what the last test said."""
        self.waiting = True
        try:
            return self.wire.ask({"do": "next", "said": said})
        finally:
            self.waiting = self.interrupted = False

    def interrupt(self, *_) -> None:
        """End a test; in the middle of a question, when it is answered.

        Else the next question would be given its answer.
        """
        if not self.waiting:
            raise KeyboardInterrupt
        self.interrupted = True

    def call_back(self, question: dict) -> dict:
        try:
            function = self.callbacks[question["callback"]]
            given, named = (
                codec.decode(question["args"]),
                codec.decode(question["named"]),
            )
            return {"value": codec.encode(function(*given, **named))}
        except Exception as error:
            return {"error": type(error).__name__}

    def encode(self, value: Any) -> Any:
        return codec.encode(value, self.encode_other)

    def encode_other(self, value: Any) -> dict:
        """A proxy goes back as what it stands for; a test's function goes along."""
        if isinstance(value, Proxy):
            return object.__getattribute__(value, "_what")
        if callable(value):
            try:
                return portable.pack(value)
            except (portable.NotPortable, codec.CodecError):
                self.callbacks.append(value)
                return {"callback": len(self.callbacks) - 1}
        return codec.no_handles(value)

    def decode(self, data: Any) -> Any:
        """A value from the student's kernel; whatever is odd is an unusable answer."""
        self.received.append(data)
        try:
            return codec.decode(data, self.decode_other)
        except codec.CodecError as error:
            raise StudentError("unusable", {"message": str(error)}) from None

    def value(self, reply: dict) -> Any:
        """The value in an answer; raises StudentError when there is none."""
        if "unusable" in reply:
            raise StudentError("unusable", {"message": str(reply["unusable"])})
        return self.decode(reply.get("value"))

    def decode_other(self, data: dict) -> "Proxy":
        handle, name = data.get("handle"), data.get("name")
        if type(handle) is not int or type(name) is not str:
            raise codec.CodecError("not an encoded value")
        name = name if name.isidentifier() and len(name) < 80 else "object"
        what = {"handle": handle, "origin": self.origin, "name": name}
        return Proxy(self, what, name)

    def use(self, what: dict, operation: str, *given: Any, **named: Any) -> Any:
        """Do something with a student's object.

        Arguments that the student's code changed in place are changed here, too, so
        that a test sees what it would have seen with the function at hand.
        """
        question = {
            "do": operation,
            "of": what,
            "args": self.encode(given),
            "named": self.encode(named),
        }
        reply = self.ask(question)
        try:
            if "changed" in reply:
                change((given, named), self.decode({"tuple": reply["changed"]}))
            return self.value(reply)
        except StudentError as error:
            # A test that does not look at the answer has nothing against it.
            return Missing(error, "answer")


def change(here: Any, there: Any) -> None:
    """Repeat in `here` what was done in place to its copy, now `there`."""
    if isinstance(here, np.ndarray):
        if isinstance(there, np.ndarray) and here.shape == there.shape:
            if not np.array_equal(here, there) and here.dtype == there.dtype:
                here[...] = there
    elif isinstance(here, list) and isinstance(there, list):
        if len(here) != len(there):
            here[:] = there
        for mine, theirs in zip(here, there, strict=True):
            change(mine, theirs)
        for place, theirs in enumerate(there):
            if isinstance(theirs, int | float | str | bool):
                here[place] = theirs
    elif isinstance(here, dict) and isinstance(there, dict):
        for key in [key for key in here if key not in there]:
            del here[key]
        for key, theirs in there.items():
            if key not in here or isinstance(theirs, int | float | str | bool):
                here[key] = theirs
            change(here[key], theirs)
    elif isinstance(here, tuple) and isinstance(there, tuple):
        for mine, theirs in zip(here, there, strict=False):
            change(mine, theirs)
    elif hasattr(here, "assign") and hasattr(there, "numpy"):  # a TensorFlow variable
        here.assign(there)
    elif hasattr(here, "detach") and hasattr(there, "detach"):  # a torch tensor
        here.data.copy_(there.detach())


class Proxy:
    """Stands for a student's function, class or object; holds nothing of it."""

    def __init__(self, bridge: Bridge, what: dict, name: str):
        object.__setattr__(self, "_bridge", bridge)
        object.__setattr__(self, "_what", what)
        object.__setattr__(self, "__name__", name)

    def __call__(self, *given, **named):
        return use(self, "call", *given, **named)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return use(self, "attribute", name)

    def __setattr__(self, name, value):
        use(self, "set", name, value)

    def __getitem__(self, key):
        return use(self, "item", key)

    def __setitem__(self, key, value):
        use(self, "set_item", key, value)

    def __len__(self):
        length = use(self, "length")
        if type(length) is not int or not 0 <= length < 2**31:
            raise StudentError("unusable", {"message": "its length is no number"})
        return length

    def __iter__(self):
        items = use(self, "list", MAX_ITEMS)
        if type(items) is not list:
            raise StudentError("unusable", {"message": "it cannot be iterated over"})
        return iter(items)

    def __tapecheck_derivative__(self, oracle, *given):
        """What an oracle of `tapecheck.oracles` finds in the student's kernel."""
        return use(self, "derivative", oracle, *given)

    def __tapecheck_through__(self, inputs, cotangent, **options):
        """What `tapecheck.ops.through` finds in the student's kernel."""
        return use(self, "through", inputs, cotangent, **options)

    def __repr__(self):
        return f"<the student's {object.__getattribute__(self, '__name__')}>"

    def __bool__(self):
        return True

    def __eq__(self, other):
        return unusable(self, "compared")

    def __hash__(self):
        return id(self)

    def __array__(self, *args, **named):
        return unusable(self, "used as an array")

    def __float__(self):
        return unusable(self, "used as a number")


def unusable(proxy: Proxy, how: str) -> Any:
    name = object.__getattribute__(proxy, "__name__")
    raise StudentError("unusable", {"message": f"a {name} cannot be {how}"})


def use(proxy: Proxy, operation: str, *given: Any, **named: Any) -> Any:
    bridge = object.__getattribute__(proxy, "_bridge")
    return bridge.use(
        object.__getattribute__(proxy, "_what"), operation, *given, **named
    )


class Missing(Proxy):
    """Stands for what a student's notebook does not define or cannot send."""

    def __init__(self, error: StudentError, name: str):
        object.__setattr__(self, "_error", error)
        object.__setattr__(self, "__name__", name)

    def __getattribute__(self, name):
        raise object.__getattribute__(self, "_error")

    def __call__(self, *given, **named):
        raise object.__getattribute__(self, "_error")

    __getitem__ = __setitem__ = __len__ = __iter__ = __call__  # type: ignore[assignment]
    __eq__ = __array__ = __float__ = __bool__ = __call__  # type: ignore[assignment]
    __setattr__ = __call__  # type: ignore[assignment]
    __hash__ = Proxy.__hash__


# --- what the grader calls in the kernel of the tests ------------------------------

bridge: Bridge


def connect() -> None:
    """Take the grader, who has knocked by now, as the other end of the bridge."""
    global bridge, at_first
    bridge = Bridge(accept())
    sys.path.append(os.getcwd())  # files beside the notebook
    at_first = settings(), Functions()


def begin_to_serve() -> None:
    """Have `serve` be the next thing that the kernel does.

    The kernel's loop calls it, not a cell: at every operation TensorFlow looks up the
    line of each function under way, and below a cell there are thirty.
    """
    asyncio.get_running_loop().call_soon(serve)


def serve() -> None:
    """Run the tests that the grader has, one after the other, until there is no more.

    As cells they would be parsed anew for every student, and take as long again.
    """
    signal.signal(signal.SIGINT, bridge.interrupt)
    said: dict | None = None
    while test := bridge.next_test(said):
        bind(test["names"], test["after"])
        said = run(test["code"])


def bind(names: list[str], after: str) -> None:
    """Put stand-ins for a student's `names`, as they were after a cell, in place."""
    bridge.received = []
    namespace = get_ipython().user_ns
    for name in names:
        what = {"name": name, "after": after}
        try:
            value = bridge.value(bridge.ask({"do": "get", "of": what}))
            if isinstance(value, Proxy):
                # By its name, so that it outlives the student's kernel.
                value = Proxy(bridge, {**what, "origin": bridge.origin}, name)
            namespace[name] = value
        except StudentError as error:
            namespace[name] = Missing(error, name)


def run(text: str) -> dict:
    """Run a test cell: the value of its last line, if any, or what it raised."""
    shell = get_ipython()
    nobody = io.StringIO()
    try:
        statements, last = compiled(text)
        with contextlib.redirect_stdout(nobody), contextlib.redirect_stderr(nobody):
            exec(statements, shell.user_ns)
            value = eval(last, shell.user_ns) if last else None
        if value is None:
            return {}
        return {"value": shell.display_formatter.format(value)[0]["text/plain"]}
    except BaseException as error:
        return {"raised": report(error)}


@functools.cache
def compiled(text: str) -> tuple[types.CodeType, types.CodeType | None]:
    """A cell's statements, and its last line if that is an expression."""
    shell = get_ipython()
    plain = shell.transform_cell(text)
    name = shell.compile.cache(plain)  # so that a traceback shows its lines
    tree = ast.parse(plain, name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = compile(ast.Expression(tree.body.pop().value), name, "eval")
    return compile(tree, name, "exec"), last


def report(error: BaseException) -> dict:
    """What a test cell raised, for the grader to judge."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "types": [kind.__name__ for kind in type(error).__mro__],
        "message": scrub(str(error)),
        "in_cell": bool(frames) and "ipykernel_" in frames[-1].filename,
        "asked": bool(bridge.received),
        "facts": error.facts if isinstance(error, StudentError) else None,
        "kind": error.kind if isinstance(error, StudentError) else "",
        "detail": "".join(traceback.format_exception(error))[-20_000:],
    }


def scrub(message: str) -> str:
    """A message without whatever a student's answers might smuggle into it.

    A key or a sentence that the student's kernel sent may spell out what the test
    gave to a function. Words such as ``dW`` and shapes such as (5, 3) are kept.
    """

    def strings(data: Any) -> Iterator[str]:
        if isinstance(data, str):
            yield data
        elif isinstance(data, list):
            for part in data:
                yield from strings(part)
        elif isinstance(data, dict) and "npy" not in data:
            for part in data.values():
                yield from strings(part)

    for said in strings(bridge.received):
        digits = sum(letter.isdigit() for letter in said)
        if digits > 16 or len(said) > 300 or re.search(r"\d{4}", said):
            message = message.replace(said, "...")
    return message


os_entropy_rng = np.random.default_rng


def reseed(seed: int) -> None:
    """Start every random generator anew, so no set-up cell decides what tests draw.

    A test's ``default_rng()`` draws from `seed`, too: the same seed repeats the test.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    sequence = np.random.SeedSequence(seed)

    @functools.wraps(os_entropy_rng)
    def default_rng(seed=None):
        return os_entropy_rng(sequence.spawn(1)[0] if seed is None else seed)

    np.random.default_rng = default_rng
    if tf := sys.modules.get("tensorflow"):
        tf.random.set_seed(seed)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed)


# --- one kernel for many students --------------------------------------------------

GROWTH = 500_000_000  # bytes that tests may leave in memory


def settings() -> dict[str, Any]:
    """What a cell could change for every cell after it, apart from names."""
    torch, tf = sys.modules.get("torch"), sys.modules.get("tensorflow")
    keras = sys.modules.get("keras")
    return {
        "folder": os.getcwd(),
        "files": {
            path: (path.stat().st_mtime_ns, path.stat().st_size)
            for path in Path().rglob("*")
        },
        "environment": dict(os.environ),
        "path": list(sys.path),
        "threads": threading.active_count(),
        "numpy": (np.geterr(), str(np.get_printoptions())),
        "torch": torch
        and (
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
            torch.are_deterministic_algorithms_enabled(),
        ),
        "tensorflow": tf
        and (tf.executing_eagerly(), tf.config.functions_run_eagerly()),
        # TensorFlow imports Keras when it is first used; these are its defaults.
        "keras": (keras.config.floatx(), keras.config.epsilon())
        if keras
        else ("float32", 1e-7),
    }


class Functions:
    """Every function and class of every module that a cell is likely to name.

    What is imported or defined later is added by `unchanged`.
    """

    def __init__(self) -> None:
        self.known: dict[str, tuple[types.ModuleType, int, dict[str, Any]]] = {}
        self.add()

    def add(self) -> None:
        """Remember modules that are new or have new names."""
        for path, module in list(sys.modules.items()):
            if path in self.known and self.known[path][1] == len(vars(module)):
                continue
            likely = path.count(".") <= 2 and "._" not in f".{path}"
            if type(module) is types.ModuleType and likely:
                names = list(vars(module).items())
                functions = {name: value for name, value in names if callable(value)}
                self.known[path] = module, len(names), functions

    def unchanged(self) -> bool:
        """Whether each is still the same."""
        for path, (module, _, functions) in self.known.items():
            now = map(vars(module).get, functions)
            same = all(map(operator.is_, now, functions.values()))
            if not same or sys.modules.get(path) is not module:
                return False
        self.add()
        return True


at_first: tuple[dict, Functions]  # settings and functions of a new kernel
memory_at_first = 0


def renew() -> bool:
    """Be as new for another student. False if that cannot be.

    It cannot when a cell left a file, a setting or a changed function of a library, or
    much in memory. Not seen is what it keeps in an object of a library's, or changes in
    a module of which it is the first user.
    """
    global bridge, memory_at_first
    np.random.default_rng = os_entropy_rng
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        vars(sys).pop(name, None)
    before, known = at_first
    if settings() != before or not known.unchanged():
        return False
    bridge = Bridge(bridge.wire)
    random.seed()
    np.random.seed()
    if torch := sys.modules.get("torch"):
        torch.seed()
    if tapes := sys.modules.get("tapecheck.tapes"):
        tapes.agreed.clear()  # both are asked for each student
    if keras := sys.modules.get("keras"):
        keras.utils.clear_session(free_memory=False)
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
    get_ipython().reset()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    memory = pages * os.sysconf("SC_PAGE_SIZE")
    memory_at_first = memory_at_first or memory
    return memory < memory_at_first + GROWTH
