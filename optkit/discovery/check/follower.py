"""The follower's problem solved again, for the checker alone.

In one scope: choose modes of the connected nodes so that energy is least and both accuracy
rows hold. Multipliers of the rows from the linear relaxation give a bound on all responses,
computed here in plain arithmetic. What the bound cannot decide is a mixed-integer program
over the few nodes whose mode it leaves open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optkit.core.arrays import Bools, Floats

ROW_TOLERANCE = 1e-9
"""The most by which an accuracy row may be missed."""

ENERGY_TOLERANCE = 1e-6
"""Modes up to this much above the least energy, relative to it, are optimal."""

LEAST_TOLERANCE = 1e-9
"""The same relative to the largest energy of a node, where that is more."""


@dataclass(frozen=True, eq=False)
class FollowerScope:
    """The follower's problem in one scope of n nodes with a demand.

    Parameters
    ----------
    energy_agent, energy_self
        Joules, shape (n,).
    gain_agent, gain_self
        Contribution of each node to the row of its mode, shape (n,).
    need_agent, need_self
        Least values of the rows.
    connected
        Which nodes may run in agent mode, shape (n,).
    """

    energy_agent: Floats
    energy_self: Floats
    gain_agent: Floats
    gain_self: Floats
    need_agent: float
    need_self: float
    connected: Bools

    def energy(self, agent: Bools) -> float:
        """Return the energy of a choice of modes, J."""
        return float(np.where(agent, self.energy_agent, self.energy_self).sum())

    def tolerance(self, energy: float) -> float:
        """Return the joules above a least ``energy`` that still count as optimal."""
        both = np.maximum(self.energy_agent, self.energy_self)
        return tolerance(energy, float(both.max(initial=0.0)))

    def shortfalls(self, agent: Bools) -> tuple[float, float]:
        """Return by how much the rows of both modes are missed; at most 0 if they hold."""
        return (
            self.need_agent - float(self.gain_agent[agent].sum()),
            self.need_self - float(self.gain_self[~agent].sum()),
        )

    def feasible(self, agent: Bools) -> bool:
        """Say whether both rows hold, within the tolerance."""
        return max(self.shortfalls(agent)) <= ROW_TOLERANCE


def tolerance(energy: float, largest: float) -> float:
    """Return the joules above a least ``energy`` that still count as optimal.

    Parameters
    ----------
    energy
        The least energy of a scope.
    largest
        The largest energy of a node of the scope, in either mode.
    """
    return max(ENERGY_TOLERANCE * abs(energy), LEAST_TOLERANCE * largest)


def better_response(scope: FollowerScope, agent: Bools) -> Bools | None:
    """Return modes that take less energy than ``agent``, beyond the tolerance.

    None if no modes do. ``agent`` has to keep both rows.
    """
    cheapest = scope.connected & (scope.energy_agent < scope.energy_self)
    energy = scope.energy(agent)
    if energy <= scope.energy(cheapest) + scope.tolerance(scope.energy(cheapest)):
        return None
    if scope.feasible(cheapest):
        return cheapest
    better = _search(scope, energy - scope.tolerance(energy))
    if better is None:
        return None
    least = scope.energy(better)
    return None if energy <= least + scope.tolerance(least) else better


def any_response(scope: FollowerScope) -> Bools | None:
    """Return modes that keep both rows; None if no modes do."""
    return _search(scope, None)


def _search(scope: FollowerScope, below: float | None) -> Bools | None:
    """Return modes that keep both rows with energy at most ``below``; None if none do.

    HiGHS' tolerances are absolute, so energies far from 1 are divided by a power of two.
    """
    unit = _unit(
        float(np.maximum(scope.energy_agent, scope.energy_self).max(initial=0))
    )
    scope = replace(
        scope,
        energy_agent=scope.energy_agent / unit,
        energy_self=scope.energy_self / unit,
    )
    below = None if below is None else below / unit
    extra = scope.energy_agent - scope.energy_self
    free = np.flatnonzero(scope.connected)
    fixed = np.zeros(len(extra), dtype=bool)
    if below is not None:
        price_agent, price_self = _multipliers(scope, free)
        reduced = extra - price_agent * scope.gain_agent + price_self * scope.gain_self
        bound = (
            float(scope.energy_self.sum())
            + price_agent * (scope.need_agent - ROW_TOLERANCE)
            + price_self
            * (scope.need_self - ROW_TOLERANCE - float(scope.gain_self.sum()))
            + float(np.minimum(reduced[free], 0.0).sum())
        )
        # A node keeps its mode if the other mode alone lifts the bound past the limit.
        room = below - bound
        if room < 0.0:
            return None
        fixed[free] = (reduced[free] < 0.0) & (-reduced[free] > room)
        free = free[np.abs(reduced[free]) <= room]
    return _exact(scope, extra, fixed, free, below)


def _unit(size: float) -> float:
    """Return the power of two next to a size; 1 where the size is ordinary, or 0."""
    if size == 0.0 or 1e-2 <= size <= 1e6:
        return 1.0
    return math.ldexp(1.0, math.frexp(size)[1] - 1)


def _rows(scope: FollowerScope, fixed: Bools) -> tuple[float, float]:
    """Return the least and the largest sum of gains of the free nodes in agent mode."""
    least = scope.need_agent - ROW_TOLERANCE - float(scope.gain_agent[fixed].sum())
    most = float(scope.gain_self[~fixed].sum()) - scope.need_self + ROW_TOLERANCE
    return least, most


def _multipliers(scope: FollowerScope, free: NDArray[np.int64]) -> tuple[float, float]:
    """Return multipliers of both rows from the linear relaxation, not negative."""
    extra = scope.energy_agent - scope.energy_self
    least, most = _rows(scope, np.zeros(len(extra), dtype=bool))
    solver = _highs(
        extra[free],
        np.array([scope.gain_agent[free], scope.gain_self[free]]),
        np.array([least, -np.inf]),
        np.array([np.inf, most]),
        integer=False,
    )
    duals = solver.getSolution().row_dual
    if len(duals) != 2:
        return 0.0, 0.0
    return max(0.0, float(duals[0])), max(0.0, -float(duals[1]))


def _exact(
    scope: FollowerScope,
    extra: Floats,
    fixed: Bools,
    free: NDArray[np.int64],
    below: float | None,
) -> Bools | None:
    """Solve over the free nodes; ``fixed`` has the modes of the others."""
    least, most = _rows(scope, fixed)
    rows = [scope.gain_agent[free], scope.gain_self[free]]
    lower, upper = [least, -np.inf], [np.inf, most]
    cost = extra[free] if below is not None else np.zeros(len(free))
    if below is not None:
        rows.append(extra[free])
        lower.append(-np.inf)
        upper.append(below - scope.energy(fixed))
    while True:
        if len(free) == 0:
            values = np.zeros(0)
        else:
            solver = _highs(
                cost, np.array(rows), np.array(lower), np.array(upper), integer=True
            )
            if solver.getInfo().primal_solution_status != 2:  # kSolutionStatusFeasible
                return None
            values = np.rint(solver.getSolution().col_value)
        agent = fixed.copy()
        agent[free] = values > 0.5
        if scope.feasible(agent):
            if below is None or scope.energy(agent) <= below:
                return agent
            return None
        if len(free) == 0:
            return None
        # The solver's own tolerance let this point through: a row excludes it.
        rows.append(np.where(values > 0.5, 1.0, -1.0))
        lower.append(-np.inf)
        upper.append(float((values > 0.5).sum()) - 1.0)


def _highs(
    cost: Floats, rows: Floats, lower: Floats, upper: Floats, *, integer: bool
) -> Any:
    """Return HiGHS after minimising ``cost`` over 0-1 columns under ``rows``."""
    import highspy

    columns = len(cost)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, len(rows)
    model.col_cost_ = cost
    model.col_lower_, model.col_upper_ = np.zeros(columns), np.ones(columns)
    model.row_lower_, model.row_upper_ = lower, upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_col_, model.a_matrix_.num_row_ = columns, len(rows)
    model.a_matrix_.start_ = np.arange(len(rows) + 1, dtype=np.int32) * columns
    model.a_matrix_.index_ = np.tile(np.arange(columns, dtype=np.int32), len(rows))
    model.a_matrix_.value_ = rows.ravel()
    if integer:
        model.integrality_ = [highspy.HighsVarType.kInteger] * columns
    solver = highspy.Highs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 1e-9),
        ("mip_max_improving_sols", 1),  # any better response is enough
        ("mip_feasibility_tolerance", 1e-9),
        ("primal_feasibility_tolerance", 1e-10),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(model)
    solver.run()
    return solver
