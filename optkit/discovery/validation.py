"""Checks of a raw discovery document: ragged arrays and unknown resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from optkit.core.errors import Issue
from optkit.core.suggest import nearest

Level = tuple[str, int]
"""Name of an axis of an array, and its length."""

_LEVELS: dict[str, tuple[str, ...]] = {
    "present": ("windows", "nodes"),
    "demand": ("windows", "nodes"),
    "select_time": ("windows", "resources", "candidates"),
    "connect_time": ("windows", "nodes", "candidates"),
    "energy_agent": ("windows", "nodes"),
    "energy_self": ("windows", "nodes"),
    "accuracy_agent": ("windows", "nodes"),
    "accuracy_self": ("windows", "nodes"),
}


def check_shapes(data: Mapping[str, Any]) -> Iterable[Issue]:
    """Yield every array of the wrong length, and every demand for an unknown resource.

    Parameters
    ----------
    data
        The raw document; its values may be of any type.
    """
    counts = {
        key: len(data[key])
        for key in ("nodes", "candidates", "resources")
        if _is_array(data.get(key))
    }
    windows = data.get("windows")
    if isinstance(windows, int) and not isinstance(windows, bool) and windows >= 0:
        counts["windows"] = windows
    for key, names in _LEVELS.items():
        levels = [(name, counts[name]) for name in names if name in counts]
        if _is_array(data.get(key)) and len(levels) == len(names):
            yield from _ragged(key, data[key], levels)
    if "resources" in counts:
        yield from _unknown_demands(data.get("demand"), data["resources"])


def _is_array(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _ragged(
    path: str, array: Sequence[Any], levels: Sequence[Level]
) -> Iterable[Issue]:
    (name, expected), *below = levels
    if len(array) != expected:
        what = (
            f"windows is {expected}" if name == "windows" else f"{name} has {expected}"
        )
        yield Issue(path, f"has {len(array)} entries, but {what}; give one for each")
    if below:
        for index, row in enumerate(array):
            if _is_array(row):
                yield from _ragged(f"{path}[{index}]", row, below)


def _unknown_demands(demand: Any, resources: Sequence[Any]) -> Iterable[Issue]:
    known = {name for name in resources if isinstance(name, str)}
    reported = 0
    for k, row in enumerate(demand if _is_array(demand) else ()):
        for i, name in enumerate(row if _is_array(row) else ()):
            if not isinstance(name, str) or name in known:
                continue
            reported += 1
            # Searching for the nearest name takes time: do it for a few only.
            guess = nearest(name, known) if reported <= 10 else None
            hint = f"; did you mean {guess!r}?" if guess else ""
            yield Issue(
                f"demand[{k}][{i}]", f"{name[:60]!r} is not the id of a resource{hint}"
            )
