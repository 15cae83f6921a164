"""A discovery instance in units of time, energy and cost that bring its numbers near 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.errors import UnavailableError
from optkit.core.solving.units import UnitForm, largest, unit
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.problem_data import problem_data

FARTHEST = 1e9
"""Energies may differ by this factor. The follower's tolerance is relative to those of
each scope, and solvers round in one unit for all: they add up what each node saves in agent
mode, and of 0.004 J beside 8e9 J, the 16 digits of a double leave four."""


def unit_form(instance: DiscoveryInstance) -> UnitForm | None:
    """Return the instance with numbers near 1; None if they are so already.

    Times, energies and weights are divided by powers of two. Decisions stay what they are.

    Raises
    ------
    UnavailableError
        If energies lie too far apart.
    """
    problem = problem_data(instance)
    _refuse_far_apart(instance)
    seconds = max(largest(problem.select.ravel()), largest(problem.connect.ravel()))
    joules = max(largest(problem.energy_agent), largest(problem.energy_self))
    weights = instance.weights
    cost = unit(max(weights.time * seconds, weights.energy * joules))
    time, energy = unit(seconds), unit(joules)
    if time == energy == cost == 1.0:
        return None
    form = instance.model_copy(
        update={
            "select_time": _divided(instance.select_time, time),
            "connect_time": _divided(instance.connect_time, time),
            "energy_agent": _divided(instance.energy_agent, energy),
            "energy_self": _divided(instance.energy_self, energy),
            "weights": weights.model_copy(
                update={
                    "time": weights.time * time / cost,
                    "energy": weights.energy * energy / cost,
                }
            ),
        }
    )
    return UnitForm(form, cost)


def _divided(values: Any, by: float) -> Any:
    """Divide every number in nested tuples; None stays."""
    if isinstance(values, tuple):
        return tuple(_divided(value, by) for value in values)
    return None if values is None else values / by


def _refuse_far_apart(instance: DiscoveryInstance) -> None:
    problem = problem_data(instance)
    energies = np.concatenate(
        [np.ravel(problem.energy_agent), np.ravel(problem.energy_self)]
    )
    positive = energies[energies > 0.0]
    sizes = np.array([problem.largest_energy(s) for s in range(problem.scopes)])
    if not (sizes > 0.0).any():
        return
    high, low = int(sizes.argmax()), int(np.where(sizes > 0.0, sizes, np.inf).argmin())
    if sizes[high] > FARTHEST * sizes[low]:
        first, second = (
            int(problem.window[problem.scope_start[s]]) for s in (high, low)
        )
        raise UnavailableError(
            f"the largest energy of window {first} is {sizes[high]:.6g} J, that of window"
            f" {second} {sizes[low]:.6g} J, more than a factor of {FARTHEST:.0e} apart: no"
            " solver can tell what is optimal for the follower in both. Split the windows"
        )
    if positive.max() > FARTHEST * positive.min():
        raise UnavailableError(
            f"energies range from {positive.min():.6g} J to {positive.max():.6g} J, more"
            f" than a factor of {FARTHEST:.0e}: sums of them are rounded by more than the"
            " small ones. Write 0 for what is negligible, or leave out the node whose"
            " energy is so large"
        )
