"""Options of reporting strategies that do best within a budget, on training windows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.policies.base import reporting_policies
from optkit.sync.problem.observation import DeviceView
from optkit.sync.problem.reconstruction import Method, reconstruction_mse

Given = Mapping[str, float]
"""Options by name."""

STEEP = (0.01, 0.03, 0.1, 0.3, 1.0)
"""Sensitivities k of the gradient strategy that are tried."""

HIGHEST = 200.0
"""Threshold that is never passed, percent or a multiple."""

HALVINGS = 14


def reports(name: str, given: Given, load: Floats, longest_gap: int) -> Ints:
    """Return the report slots of one device under a policy."""
    policy = reporting_policies()[name]
    decided: Any = policy(policy.Options(**given))
    view = DeviceView(load, 1, longest_gap)
    slots: Ints = decided.decide(view, np.random.default_rng(0))
    return slots


def outcome(
    parts: Sequence[Floats], rule: Callable[[Floats], Ints], method: Method
) -> tuple[Floats, Floats]:
    """Return how many reports a rule sends in each window, and the squared error."""
    sent = [rule(part) for part in parts]
    errors = [
        reconstruction_mse(method, part, slots)
        for part, slots in zip(parts, sent, strict=True)
    ]
    return np.array([float(len(slots)) for slots in sent]), np.array(errors)


def tuned(
    name: str, parts: Sequence[Floats], budget: float, longest_gap: int, method: Method
) -> Given | None:
    """Return options with the least mean error whose mean reports keep a budget.

    Parameters
    ----------
    name
        ``gradient``: T_max for each of several k; ``threshold``: a change in percent, or
        relative to the last report; ``shared-index``: the usual step.
    parts
        Training windows.
    budget
        Mean reports of a window at most.
    longest_gap
        Most slots from one report to the next.
    method
        How series are redrawn.

    Returns
    -------
    Mapping or None
        None if no options keep the budget.
    """
    candidates: Iterable[tuple[Callable[[float], Given], float, float]]
    if name == "gradient":
        candidates = [
            (_gradient(steepness), 1.0, float(longest_gap)) for steepness in STEEP
        ]
    elif name == "shared-index":
        candidates = [(_shared, 1e-3, HIGHEST)]
    else:
        candidates = [(_absolute, 1e-3, HIGHEST), (_relative, 1e-3, HIGHEST)]
    best: Given | None = None
    least = math.inf
    for make, low, high in candidates:
        found = _within(name, parts, make, low, high, budget, longest_gap)
        if found is None:
            continue
        rule = partial(_rule, name, found, longest_gap)
        error = float(outcome(parts, rule, method)[1].mean())
        if error < least:
            best, least = found, error
    return best


def _rule(name: str, given: Given, longest_gap: int, load: Floats) -> Ints:
    return reports(name, given, load, longest_gap)


def _gradient(steepness: float) -> Callable[[float], Given]:
    return lambda longest: {"longest": longest, "sensitivity": steepness}


def _shared(step: float) -> Given:
    return {"usual_step": step}


def _absolute(change: float) -> Given:
    return {"absolute": change, "relative": 0.0}


def _relative(change: float) -> Given:
    return {"absolute": 0.0, "relative": change}


def _within(
    name: str,
    parts: Sequence[Floats],
    make: Callable[[float], Given],
    low: float,
    high: float,
    budget: float,
    longest_gap: int,
) -> Given | None:
    """Return the options that report most within the budget; a greater value, fewer."""

    def keeps(value: float) -> bool:
        given = make(value)
        counts = [len(reports(name, given, part, longest_gap)) for part in parts]
        return float(np.mean(counts)) <= budget

    if not keeps(high):
        return None
    for _ in range(HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if keeps(middle) else (middle, high)
    return make(high)
