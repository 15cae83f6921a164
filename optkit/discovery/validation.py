"""Checks between the parts of a discovery instance, on raw data of any shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from optkit.core.errors import Issue
from optkit.core.files.references import (
    array,
    axis,
    dangling_references,
    ids,
    mapping,
    repeated_ids,
    wrong_lengths,
)

_AXES: dict[str, tuple[str, ...]] = {
    "present": ("windows", "nodes"),
    "demand": ("windows", "nodes"),
    "select_time": ("windows", "resources", "candidates"),
    "connect_time": ("windows", "nodes", "candidates"),
    "energy_agent": ("windows", "nodes"),
    "energy_self": ("windows", "nodes"),
    "accuracy_agent": ("windows", "nodes"),
    "accuracy_self": ("windows", "nodes"),
}


def find_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield repeated ids, arrays of wrong length, unknown resources and the like."""
    for key in ("nodes", "candidates", "resources"):
        yield from repeated_ids(key, array(data.get(key)))
    for key, names in _AXES.items():
        yield from wrong_lengths(key, data.get(key), *(axis(data, n) for n in names))
    if isinstance(data.get("resources"), list | tuple):
        demands = (
            (f"demand[{k}][{i}]", name)
            for k, row in enumerate(array(data.get("demand")))
            for i, name in enumerate(array(row))
        )
        yield from dangling_references(demands, ids(data["resources"]), "a resource")
    yield from _unreachable_accuracies(data)


def _unreachable_accuracies(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield required means of accuracies that are above 1."""
    if mapping(data.get("reading")).get("accuracy_form") != "mean":
        return
    required = mapping(data.get("required_accuracy"))
    for key, field in (("agent", "agent"), ("self", "self_")):
        value = required.get(key, required.get(field))
        if isinstance(value, int | float) and value > 1.0:
            yield Issue(
                f"required_accuracy.{key}",
                f"{value!r} is above 1, the largest mean of accuracies; lower it, or set"
                " reading.accuracy_form to 'sum'",
            )
