"""The same problem in units in which its numbers are of ordinary size.

Solvers compute in floating point, and compare with tolerances that suit numbers near 1. An
instance whose numbers are far from 1 is therefore rewritten before any solver sees it: a
family says how, in its ``unit_form``. Objectives, bounds and solutions are turned back
before anybody else sees them. Factors are powers of two wherever the data are not integers
in another unit, so that nothing is rounded; instances of ordinary size are not touched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.instance import Instance, Solution
from optkit.core.solving.family import Family, resolve

SMALL = 2.0**-7
"""Where the largest of the numbers of one kind is below this, they are scaled up."""

LARGE = 2.0**20
"""Where the largest of the numbers of one kind is above this, they are scaled down."""


def _same(solution: Any) -> Any:
    return solution


@dataclass(frozen=True)
class UnitForm:
    """An instance rewritten in other units.

    Parameters
    ----------
    instance
        The rewritten instance.
    factor
        The objective of the original is this times that of the rewritten instance.
    to_units
        Turns a solution of the original into one of the rewritten instance.
    from_units
        The way back.
    """

    instance: Instance
    factor: float = 1.0
    to_units: Callable[[Any], Solution] = _same
    from_units: Callable[[Any], Solution] = _same


def unit_form(family: Family, instance: Instance) -> UnitForm | None:
    """Return the unit form of an instance, made once; None if it needs none.

    Raises
    ------
    UnavailableError
        If the instance's numbers are too far apart to be computed with.
    """
    if family.unit_form is None:
        return None
    form: UnitForm | None = instance.derived(resolve(family.unit_form))
    return form


def in_units(family: Family, instance: Instance) -> Instance:
    """Return the instance as solvers see it."""
    form = unit_form(family, instance)
    return instance if form is None else form.instance


def power_of_two(size: float) -> float:
    """Return the largest power of two that is at most ``size``, a positive number."""
    return math.ldexp(1.0, math.frexp(size)[1] - 1)


def largest(values: Iterable[float]) -> float:
    """Return the largest finite magnitude; 0 if there is none."""
    array = np.abs(np.asarray([*values], dtype=np.float64))
    return float(array[np.isfinite(array)].max(initial=0.0))


def ordinary(size: float) -> bool:
    """Say whether numbers of which this is the largest can stay as they are."""
    return size == 0.0 or SMALL <= size <= LARGE


def unit(size: float) -> float:
    """Return the power of two by which to divide numbers of which this is the largest.

    Returns
    -------
    float
        1 where they can stay as they are.
    """
    return 1.0 if ordinary(size) else power_of_two(size)
