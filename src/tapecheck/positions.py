"""Say in words which entries of an array are meant."""

import numpy as np


def describe(mask: np.ndarray, limit: int = 3) -> str:
    """Name the entries where `mask` (bool, any shape) is true.

    Whole rows or columns are named as such; otherwise the first `limit` entries.

    >>> describe(np.array([[False, True], [False, True], [False, False]]))
    'entries (0, 1) and (1, 1)'
    >>> describe(np.array([[False, True], [False, True]]))
    'column 1'
    """
    if mask.ndim == 0:
        return "its only entry"
    if mask.all():
        return "every entry"
    if mask.ndim == 2 and min(mask.shape) > 1:
        for axis, line in ((1, "row"), (0, "column")):
            full = mask.all(axis=axis)
            if np.count_nonzero(mask) == np.count_nonzero(full) * mask.shape[axis]:
                return _listed(line, [str(i) for i in np.flatnonzero(full)], limit)
    places = np.argwhere(mask) if mask.size < 10**6 else _first(mask, limit)
    names = [_place(place) for place in places[: limit + 1]]
    return _listed("entry", names, limit, int(np.count_nonzero(mask)))


def worst(error: np.ndarray, limit: int = 3) -> str:
    """Name the entries where `error` (non-negative, any shape) is largest."""
    count = min(limit, error.size)
    flat = error.ravel()
    largest = np.argpartition(flat, -count)[-count:]
    largest = largest[np.argsort(-flat[largest], kind="stable")]
    names = [_place(np.unravel_index(i, error.shape)) for i in largest if flat[i] > 0]
    return _listed("entry", names, limit)


def _first(mask: np.ndarray, limit: int) -> list:
    flat = np.flatnonzero(mask)[: limit + 1]
    return [np.unravel_index(i, mask.shape) for i in flat]


def _place(index) -> str:
    inside = ", ".join(str(int(i)) for i in index)
    return f"({inside})" if len(index) > 1 else f"[{inside}]"


def _listed(kind: str, names: list[str], limit: int, total: int | None = None) -> str:
    total = len(names) if total is None else total
    if total == 1:
        return f"{kind} {names[0]}"
    plural = "entries" if kind == "entry" else f"{kind}s"
    if total > limit:
        return f"{plural} {', '.join(names[:limit])} and {total - limit} more"
    return f"{plural} {', '.join(names[:-1])} and {names[-1]}"
