"""The Lagrangian dual of one scope: prices on its rows, and cutting planes to raise it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optkit.core.arrays import Floats
from optkit.discovery.bounds.group_lagrangian import GroupOptimum, PricedGroup
from optkit.discovery.problem.follower.fixed_modes import FixedModes, fixed_modes
from optkit.discovery.problem.problem_data import ROW_TOLERANCE, ProblemData


@dataclass(frozen=True, eq=False)
class DualPoint:
    """The dual of a scope at some prices; a cutting plane of the dual.

    Parameters
    ----------
    prices
        Price of each row, shape (rows,).
    value
        Value of the dual: a lower bound on the scope's objective.
    slope
        A subgradient there, shape (rows,).
    optima
        The cheapest choice of each group.
    """

    prices: Floats
    value: float
    slope: Floats
    optima: list[GroupOptimum]

    def plane(self, prices: Floats) -> float:
        """Return an upper bound on the dual at other prices."""
        return self.value + float(self.slope @ (prices - self.prices))


class ScopeLagrangian:
    """One scope of the accuracy rows, with prices on its rows.

    Parameters
    ----------
    problem
        The instance.
    scope
        The scope, of n requests.
    """

    def __init__(self, problem: ProblemData, scope: int) -> None:
        self.problem, self.scope = problem, scope
        self.requests, self.groups = (
            problem.requests_in(scope),
            problem.groups_in(scope),
        )
        self._extra = problem.extra_energy[self.requests]
        fixed = _fixed_modes_for_bound(problem, scope)
        self.gains, self.needs = self._rows(fixed)
        self._base = problem.energy_weight * float(
            problem.energy_self[self.requests].sum()
        )
        first = self.requests.start
        self._members = [
            slice(problem.members(g).start - first, problem.members(g).stop - first)
            for g in range(self.groups.start, self.groups.stop)
        ]
        self._priced_groups = [
            PricedGroup(
                problem,
                self.groups.start + number,
                fixed.agent[members],
                fixed.self_directed[members],
            )
            for number, members in enumerate(self._members)
        ]

    def _rows(self, fixed: FixedModes) -> tuple[Floats, Floats]:
        """Return the rows Σ gain Y ≥ need that can fail, shapes (rows, n) and (rows,)."""
        problem = self.problem
        self_gain = problem.self_gain[self.requests]
        room = float(self_gain.sum()) - problem.self_need
        rows = [
            (problem.agent_gain[self.requests], problem.agent_need - ROW_TOLERANCE),
            (-self_gain, -room - ROW_TOLERANCE),
            (-self._extra, -fixed.max_extra),
        ]
        can_fail = (fixed.agent_row, fixed.self_row, math.isfinite(fixed.max_extra))
        kept = [row for row, fails in zip(rows, can_fail, strict=True) if fails]
        gains = np.array([gain for gain, _ in kept]).reshape(-1, len(self._extra))
        return gains, np.array([need for _, need in kept])

    def without_prices(self) -> DualPoint | None:
        """Return the dual where all prices are 0; None as in :meth:`at`."""
        return self.at(np.zeros(len(self.needs)))

    def at(self, prices: Floats) -> DualPoint | None:
        """Return the dual at ``prices``; None if a group may open no agents at all."""
        reduced = self.problem.energy_weight * self._extra - prices @ self.gains
        optima: list[GroupOptimum] = []
        for group, members in zip(self._priced_groups, self._members, strict=True):
            optimum = group.optimum(reduced[members])
            if optimum is None:
                return None
            optima.append(optimum)
        agent = np.concatenate([optimum.agent for optimum in optima])
        slope = self.needs - self.gains @ agent
        offset = float(prices @ self.needs)
        values = (optimum.value for optimum in optima)
        value = math.fsum([self._base, offset, *values])
        return DualPoint(prices, value, slope, optima)

    def next_prices(self, points: Sequence[DualPoint], box: float) -> Floats | None:
        """Return the prices in [0, box] at which the planes of ``points`` allow most.

        None if the linear program has no solution.
        """
        from scipy.optimize import linprog

        count = len(self.needs)
        sides = [point.value - float(point.slope @ point.prices) for point in points]
        highest = linprog(
            np.append(np.zeros(count), -1.0),
            A_ub=np.array([np.append(-point.slope, 1.0) for point in points]),
            b_ub=np.array(sides),
            bounds=[(0.0, box)] * count + [(None, None)],
            method="highs",
        )
        return None if highest.x is None else np.maximum(highest.x[:count], 0.0)


def _fixed_modes_for_bound(problem: ProblemData, scope: int) -> FixedModes:
    """Return the modes that a bound on the leader's cost may fix.

    Where every connection takes time, the leader wants what the follower wants, so fixing
    modes gains nothing.
    """
    fixed = fixed_modes(problem, scope)
    if problem.reading.connection_cost == "agent-mode":
        return fixed
    none = np.zeros(len(fixed.agent), dtype=bool)
    return replace(fixed, agent=none, self_directed=none, max_extra=math.inf)
