"""Choice of reporting options: the best within a budget, on training windows."""

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

Options = Mapping[str, float]
"""Options by name."""

STEEP = (0.01, 0.03, 0.1, 0.3, 1.0)
"""Sensitivities k of the gradient strategy to try."""

HIGHEST = 200.0
"""A threshold that no change exceeds, in percent or as a multiple."""

HALVINGS = 14
"""Steps of the bisection."""


def reports(name: str, options: Options, load: Floats, longest_gap: int) -> Ints:
    """Return the report slots of one device under a policy."""
    policy_class = reporting_policies()[name]
    policy: Any = policy_class(policy_class.Options(**options))
    view = DeviceView(load, 1, longest_gap)
    slots: Ints = policy.decide(view, np.random.default_rng(0))
    return slots


def outcome(
    parts: Sequence[Floats], rule: Callable[[Floats], Ints], method: Method
) -> tuple[Floats, Floats]:
    """Return the number of reports of a rule in each window, and the squared error."""
    sent = [rule(part) for part in parts]
    errors = [
        reconstruction_mse(method, part, slots)
        for part, slots in zip(parts, sent, strict=True)
    ]
    return np.array([float(len(slots)) for slots in sent]), np.array(errors)


def tuned(
    name: str, parts: Sequence[Floats], budget: float, longest_gap: int, method: Method
) -> Options | None:
    """Return the options with the least mean error among those within a budget.

    Parameters
    ----------
    name
        ``gradient``: T_max for each of several k; ``threshold``: a change in percent, or
        relative to the last report; ``shared-index``: the usual step.
    parts
        Training windows.
    budget
        Largest mean number of reports per window.
    longest_gap
        Largest number of slots between two reports.
    method
        Interpolation of the reports.

    Returns
    -------
    Mapping or None
        None if no options stay within the budget.
    """
    candidates: Iterable[tuple[Callable[[float], Options], float, float]]
    if name == "gradient":
        candidates = [
            (_gradient(steepness), 1.0, float(longest_gap)) for steepness in STEEP
        ]
    elif name == "shared-index":
        candidates = [(_shared, 1e-3, HIGHEST)]
    else:
        candidates = [(_absolute, 1e-3, HIGHEST), (_relative, 1e-3, HIGHEST)]
    best: Options | None = None
    least = math.inf
    for make, low, high in candidates:
        options = _within(name, parts, make, low, high, budget, longest_gap)
        if options is None:
            continue
        rule = partial(_rule, name, options, longest_gap)
        error = float(outcome(parts, rule, method)[1].mean())
        if error < least:
            best, least = options, error
    return best


def _rule(name: str, options: Options, longest_gap: int, load: Floats) -> Ints:
    return reports(name, options, load, longest_gap)


def _gradient(steepness: float) -> Callable[[float], Options]:
    return lambda longest: {"longest": longest, "sensitivity": steepness}


def _shared(step: float) -> Options:
    return {"usual_step": step}


def _absolute(change: float) -> Options:
    return {"absolute": change, "relative": 0.0}


def _relative(change: float) -> Options:
    return {"absolute": 0.0, "relative": change}


def _within(
    name: str,
    parts: Sequence[Floats],
    make: Callable[[float], Options],
    low: float,
    high: float,
    budget: float,
    longest_gap: int,
) -> Options | None:
    """Return the options with most reports within the budget; fewer at larger values."""

    def keeps_budget(value: float) -> bool:
        options = make(value)
        counts = [len(reports(name, options, part, longest_gap)) for part in parts]
        return float(np.mean(counts)) <= budget

    if not keeps_budget(high):
        return None
    for _ in range(HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if keeps_budget(middle) else (middle, high)
    return make(high)
