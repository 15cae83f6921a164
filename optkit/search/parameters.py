"""Parameters of the engines: dataclass fields that know their range and their meaning."""

from __future__ import annotations

import operator
from dataclasses import field, fields
from typing import Any


class EngineParameters:
    """Base of the parameters of an engine, which are checked when they are made.

    Raises
    ------
    ValueError
        With every parameter that is out of range.
    """

    def __post_init__(self) -> None:
        check_ranges(self)


DESCRIPTION = "description"
"""Key of a field's description, beside those of :data:`LIMITS`."""

LIMITS = {
    "ge": (operator.ge, "at least"),
    "gt": (operator.gt, "more than"),
    "le": (operator.le, "at most"),
    "lt": (operator.lt, "less than"),
}
"""Ends of a range by their key, which is pydantic's: the comparison, and its words."""


def parameter(default: Any, description: str, **limits: float) -> Any:
    """Declare one parameter of an engine, as a field of a dataclass.

    The range stands here alone: :func:`check_ranges` checks it, and
    :func:`optkit.search.options.options_from` hands it on to the options of solvers.

    Parameters
    ----------
    default
        Default value.
    description
        What the parameter means, as users read it.
    limits
        Ends of the range: ``ge``, ``gt``, ``le``, ``lt``.
    """
    return field(default=default, metadata={DESCRIPTION: description, **limits})


def check_ranges(parameters: Any) -> None:
    """Check that parameters lie in the ranges that their fields declare.

    Parameters
    ----------
    parameters
        An instance of a dataclass whose fields are made by :func:`parameter`.

    Raises
    ------
    ValueError
        With every parameter that is out of range.
    """
    problems = []
    for entry in fields(parameters):
        value = getattr(parameters, entry.name)
        limits = {key: entry.metadata[key] for key in LIMITS if key in entry.metadata}
        if all(LIMITS[key][0](value, limit) for key, limit in limits.items()):
            continue
        words = " and ".join(f"{LIMITS[key][1]} {limits[key]:g}" for key in limits)
        problems.append(
            f"{type(parameters).__name__}.{entry.name}: {value!r} is not allowed; it must"
            f" be {words}."
        )
    if problems:
        raise ValueError("\n".join(problems))


def idle_limit(patience: int, bits: int) -> int:
    """Return how many iterations without improvement end a search.

    A problem of few bits is soon searched through, so it needs no more than 10 plus one
    per bit.

    Parameters
    ----------
    patience
        The parameter of that name.
    bits
        Number of bits that some move flips.
    """
    return min(patience, 10 + bits)
