"""Functions that a test hands to a student's function, on their way to the student.

``numeric_grad(f, x)`` must be able to call `f`, and to differentiate through it. A
function that only computes is sent by value: its code, with the modules, numbers,
arrays and functions it refers to. One that keeps something, such as a count of its
calls, stays where it is and is called back. Only the trusted side sends functions.
"""

import base64
import dis
import importlib
import marshal
import sys
import types
from collections.abc import Callable
from typing import Any

from tapecheck.grading import codec

# Where functions without a Python body are looked up by name.
LIBRARIES = ("math", "operator", "numpy", "tensorflow", "tensorflow.math", "torch")
STORES = {"STORE_GLOBAL", "DELETE_GLOBAL", "STORE_DEREF", "STORE_ATTR"}


class NotPortable(Exception):
    """The function keeps or refers to something that must stay where it is."""


def pack(function: Callable) -> dict:
    """`function` as JSON. Raises NotPortable when it has to be called back instead."""
    for library in LIBRARIES:
        module = sys.modules.get(library)
        name = getattr(function, "__name__", "")
        if module and name and getattr(module, name, None) is function:
            return {"named": [library, name]}
    if not isinstance(function, types.FunctionType):
        raise NotPortable
    return {
        "function": {
            "name": function.__name__,
            "code": base64.b64encode(marshal.dumps(function.__code__)).decode(),
            "globals": [
                [name, pack_value(function.__globals__[name])]
                for name in sorted(names_of(function.__code__))
                if name in function.__globals__
            ],
            "cells": [
                pack_value(cell.cell_contents) for cell in function.__closure__ or ()
            ],
            "defaults": [pack_value(value) for value in function.__defaults__ or ()],
        }
    }


def names_of(code: types.CodeType) -> set[str]:
    """Every global name that `code`, or a function inside it, refers to."""
    if any(step.opname in STORES for step in dis.get_instructions(code)):
        raise NotPortable
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= names_of(constant)
    return names


def pack_value(value: Any) -> dict:
    if isinstance(value, types.ModuleType):
        return {"module": value.__name__}
    if callable(value):
        return pack(value)
    if isinstance(value, list | dict | set | bytearray):
        raise NotPortable  # the test may look at it afterwards
    return {"value": codec.encode(value, not_plain)}


def not_plain(value: Any) -> dict:
    raise NotPortable


def unpack(data: dict) -> Any:
    """What `pack` or `pack_value` packed."""
    tag, body = next(iter(data.items()))
    if tag == "module":
        return importlib.import_module(body)
    if tag == "named":
        return getattr(importlib.import_module(body[0]), body[1])
    if tag == "value":
        return codec.decode(body)
    return types.FunctionType(
        marshal.loads(base64.b64decode(body["code"])),
        {
            "__builtins__": __builtins__,
            **{name: unpack(value) for name, value in body["globals"]},
        },
        body["name"],
        tuple(unpack(value) for value in body["defaults"]),
        tuple(types.CellType(unpack(value)) for value in body["cells"]),
    )
