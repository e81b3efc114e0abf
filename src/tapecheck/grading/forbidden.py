"""What an exercise forbids, in the student's kernel: the tape inside "by hand".

A whole package (``"torch"``) is not there at all: the sandbox shows an empty folder,
and what this puts in its place only explains. A part of one (``"tf.GradientTape"``)
is changed in place, so that a reference kept from earlier does not help either.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

SHORT = {"tf": "tensorflow", "np": "numpy"}
# What else must go for a part of a framework to be out of reach.
ALSO = {
    "tensorflow.GradientTape": (
        "tensorflow.GradientTape.__enter__",
        "tensorflow.GradientTape.gradient",
        "tensorflow.python.eager.imperative_grad.imperative_grad",
        "tensorflow.autodiff.ForwardAccumulator",
        "tensorflow.python.ops.gradients_util._GradientsHelper",
    ),
    "torch.autograd": (
        "torch.autograd.grad",
        "torch.autograd.backward",
        "torch.autograd.graph._engine_run_backward",
        "torch.autograd.forward_ad.make_dual",
        "torch.Tensor.backward",
        "torch._functorch.eager_transforms._vjp_with_argnums",
        "torch._functorch.eager_transforms.grad_and_value_impl",
        "torch._functorch.eager_transforms._jvp_with_argnums",
    ),
    "tapecheck.oracles": (
        "tapecheck.oracles.tape_gradient",
        "tapecheck.oracles.vjp",
        "tapecheck.oracles.central_difference",
        "tapecheck.oracles.complex_step",
        "tapecheck.tapes.both_tapes",
    ),
}


class NotAllowed(Exception):
    """Raised where a forbidden name is used; the text names it."""

    def __init__(self, name: str):
        super().__init__(f"{name} is not allowed in this exercise")
        self.name = name


# --- whole packages ----------------------------------------------------------------


class Absent:
    """In place of a package's contents: an instructor's set-up passes, use does not."""

    lenient = True

    def __init__(self, name: str):
        self.__dict__["name"] = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return absent(f"{self.__dict__['name']}.{attribute}")

    def __call__(self, *args: Any, **named: Any) -> Any:
        return absent(f"{self.__dict__['name']}()")

    def __getitem__(self, key: Any) -> Any:
        return absent(self.__dict__["name"])


def absent(name: str) -> Absent:
    if not Absent.lenient:
        raise NotAllowed(name.removesuffix("()"))
    return Absent(name)


class AbsentModule(types.ModuleType):
    """A package that is not there; importing it works, using it is not allowed."""

    __path__: list[str] = []
    absent = True

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return absent(f"{self.__name__}.{attribute}")


class AbsentFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, packages: Iterable[str]):
        self.packages = set(packages)

    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in self.packages:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return AbsentModule(spec.name)

    def exec_module(self, module):
        pass


def hide(packages: Iterable[str]) -> None:
    """Put an explanation in the place of whole packages."""
    sys.meta_path.insert(0, AbsentFinder(packages))


# --- parts of packages -------------------------------------------------------------


class Mask:
    """Forbidden parts, changed in place; `lift` undoes it."""

    def __init__(self, names: Iterable[str]):
        self.names = list(names)
        self.undo: list[Callable[[], Any]] = []
        self.not_there: set[str] = set()  # packages that nobody has imported yet
        for name in self.names:
            head, _, rest = name.partition(".")
            full = f"{SHORT.get(head, head)}.{rest}"
            for target in (full, *ALSO.get(full, ())):
                package = target.split(".")[0]
                if package in sys.modules:
                    self.change(target, name)
                else:
                    self.not_there.add(package)

    def change(self, target: str, name: str) -> None:
        owner, attribute = resolve(target)
        found = getattr(owner, attribute, None)
        if found is None or isinstance(found, types.ModuleType):
            return

        def refuse(*args, **named):
            raise NotAllowed(name)

        if isinstance(found, types.FunctionType) and not found.__closure__:
            # The function itself changes, wherever a reference to it is kept.
            kept = found.__code__, found.__defaults__, found.__kwdefaults__
            namespace: dict[str, Any] = {}
            exec(
                "def refuse(*args, **named):\n"
                "    from tapecheck.grading.forbidden import NotAllowed\n"
                f"    raise NotAllowed({name!r})\n",
                namespace,
            )
            found.__code__ = namespace["refuse"].__code__
            found.__defaults__ = found.__kwdefaults__ = None

            def restore():
                found.__code__, found.__defaults__, found.__kwdefaults__ = kept

            self.undo.append(restore)
        elif isinstance(found, type):
            before = found.__init__  # type: ignore[misc]
            try:
                found.__init__ = refuse  # type: ignore[misc]
            except TypeError:
                self.replace(owner, attribute, found, refuse)
            else:
                self.undo.append(lambda: setattr(found, "__init__", before))
        elif callable(found):
            self.replace(owner, attribute, found, refuse)

    def replace(self, owner: Any, attribute: str, found: Any, refuse: Callable) -> None:
        try:
            setattr(owner, attribute, refuse)
        except (TypeError, AttributeError):
            return
        self.undo.append(lambda: setattr(owner, attribute, found))

    def covers(self, names: Iterable[str]) -> bool:
        """Whether just these are out of reach, imported since or not."""
        since = any(package in sys.modules for package in self.not_there)
        return self.names == list(names) and not since

    def lift(self) -> None:
        self.names = []
        while self.undo:
            self.undo.pop()()


def resolve(name: str) -> tuple[Any, str]:
    """The owner of a dotted name, importing modules on the way, and its last part."""
    parts = name.split(".")
    owner: Any = importlib.import_module(parts[0])
    for place, part in enumerate(parts[1:-1], start=2):
        if not hasattr(owner, part):
            try:
                importlib.import_module(".".join(parts[:place]))
            except ImportError:
                return None, parts[-1]
        owner = getattr(owner, part, None)
    return owner, parts[-1]
