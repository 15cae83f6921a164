"""The Lagrangian dual of one scope: prices on its rows, and cutting planes to raise it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.discovery.bounds.facility_group import FacilityGroup
from optkit.discovery.bounds.group_lagrangian import (
    MAX_CANDIDATES,
    GroupOptimum,
    PricedGroup,
)
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.follower.fixed_modes import FixedModes, fixed_modes
from optkit.discovery.problem.problem_data import ROW_TOLERANCE, ProblemData

MAX_ENTRIES = 1_000_000
"""Most requests, counted once per set of agents, for which all sets are tried."""

STALLED = 1e-9
"""Relative increase of the dual that is worth another plane."""

LARGEST_BOX = 1e12
"""Upper limit on prices."""


@dataclass(frozen=True, eq=False)
class DualPoint:
    """The dual of a scope at some prices; a cutting plane of the dual.

    Parameters
    ----------
    prices
        Price of each row, shape (rows,).
    value
        A lower bound on the scope's objective: the value of the dual, or less where not
        every group is solved.
    upper
        Cost of the groups' choices, an upper bound on the dual.
    slope
        A subgradient there, shape (rows,).
    optima
        The cheapest choice of each group.
    """

    prices: Floats
    value: float
    upper: float
    slope: Floats
    optima: list[GroupOptimum]

    def plane(self, prices: Floats) -> float:
        """Return an upper bound on the dual at other prices."""
        return self.upper + float(self.slope @ (prices - self.prices))


class ScopeLagrangian:
    """One scope of the accuracy rows, with prices on its rows.

    Parameters
    ----------
    problem
        The instance.
    scope
        The scope, of n requests.
    modes
        Which requests run in agent mode where they connect, shape (n,), if that is to be
        taken as given; then there are no rows, and nothing is a bound.
    evaluator
        Knows responses of the follower that are computed already; None for a new one.
    """

    def __init__(
        self,
        problem: ProblemData,
        scope: int,
        modes: Bools | None = None,
        evaluator: ChoiceEvaluator | None = None,
    ) -> None:
        self.problem, self.scope = problem, scope
        self.requests, self.groups = (
            problem.requests_in(scope),
            problem.groups_in(scope),
        )
        self._extra = problem.extra_energy[self.requests]
        self.feasible = True
        """False if the follower has no feasible response, whatever the leader chooses."""
        if modes is not None:
            fixed, least = FixedModes(modes, ~modes, False, False), 0.0
        elif follower_is_settled(problem):
            # The leader's choice changes neither the modes nor what they cost.
            nobody = np.zeros(len(self._extra), dtype=bool)
            fixed = FixedModes(nobody, nobody, False, False)
            extra = _least_extra(evaluator or ChoiceEvaluator(problem), scope)
            self.feasible = extra is not None
            least = extra or 0.0
            self._extra = np.zeros(len(self._extra))
        else:
            fixed = _fixed_modes_for_bound(problem, scope)
            least = 0.0
        self.gains, self.needs = self._rows(fixed)
        self._base = problem.energy_weight * (
            float(problem.energy_self[self.requests].sum()) + least
        )
        first = self.requests.start
        self._members = [
            slice(problem.members(g).start - first, problem.members(g).stop - first)
            for g in range(self.groups.start, self.groups.stop)
        ]
        self.enumerated = _enumerates(problem, scope)
        """Whether every set of agents is tried."""
        self.response_is_known = (
            not self.enumerated
            and problem.reading.connection == "forced"
            and problem.reading.connection_cost == "agent-mode"
        )
        """Whether the follower meets the same problem whatever the leader chooses, in a
        scope where not every set of agents is tried."""
        kind = PricedGroup if self.enumerated else FacilityGroup
        self._priced_groups: list[PricedGroup | FacilityGroup] = [
            kind(
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

    def at(
        self,
        prices: Floats,
        *,
        tolerance: float = math.inf,
        nodes: float = 0,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> DualPoint | None:
        """Return the dual at ``prices``; None if a group may open no agents at all.

        Parameters
        ----------
        prices
            Price of each row, shape (rows,).
        tolerance, nodes, should_stop
            For groups whose agents are not found by trying every set: the relative gap at
            which a group is solved, the most nodes to divide for it, and what is asked
            before each of them.
        """
        reduced = self.problem.energy_weight * self._extra - prices @ self.gains
        optima: list[GroupOptimum] = []
        for group, members in zip(self._priced_groups, self._members, strict=True):
            optimum = (
                group.optimum(reduced[members])
                if isinstance(group, PricedGroup)
                else group.optimum(
                    reduced[members],
                    tolerance=tolerance,
                    nodes=nodes,
                    should_stop=should_stop,
                )
            )
            if optimum is None:
                return None
            optima.append(optimum)
        agent = np.concatenate([optimum.agent for optimum in optima])
        slope = self.needs - self.gains @ agent
        fixed_part = [self._base, float(prices @ self.needs)]
        return DualPoint(
            prices,
            math.fsum([*fixed_part, *(optimum.bound for optimum in optima)]),
            math.fsum([*fixed_part, *(optimum.value for optimum in optima)]),
            slope,
            optima,
        )

    def points(
        self, first: DualPoint, lower: float, rounds: int
    ) -> Iterator[DualPoint]:
        """Yield points of the dual, each where the planes of those before allow most.

        Parameters
        ----------
        first
            The first one.
        lower
            A lower bound on the scope's objective that is known already.
        rounds
            Most points.
        """
        points: list[DualPoint] = []
        point, best, box = first, lower, 1.0
        for _ in range(rounds):
            points.append(point)
            best = max(best, point.value)
            yield point
            if np.all(point.slope <= 0.0) and not np.any(point.prices):
                return  # the rows hold without prices: nothing to raise
            prices = self.next_prices(points, box)
            if prices is None:
                return
            limited = prices.max() >= box
            if limited:
                box *= 4.0
            highest = min(point.plane(prices) for point in points)
            least = STALLED * max(1.0, abs(best))
            if highest - best <= least and prices.max() < box:
                return
            following = self.at(prices)
            if following is None or box > LARGEST_BOX:
                return
            point = following
            unsolved = point.upper > point.value and not limited
            if unsolved and highest - point.upper <= least:
                # Where groups are not solved, the bound stays below the planes. So the
                # search ends when their choices, of which the planes are made, are known.
                yield point
                return

    def next_prices(self, points: Sequence[DualPoint], box: float) -> Floats | None:
        """Return the prices in [0, box] at which the planes of ``points`` allow most.

        None if the linear program has no solution.
        """
        from scipy.optimize import linprog

        count = len(self.needs)
        sides = [point.upper - float(point.slope @ point.prices) for point in points]
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


def _enumerates(problem: ProblemData, scope: int) -> bool:
    """Say whether every set of agents is tried in the groups of a scope."""
    rule, count = problem.reading.qan_rule, problem.candidates
    if rule == "single":
        return True
    groups = problem.groups_in(scope)
    largest = np.diff(problem.group_start[groups.start : groups.stop + 1]).max(
        initial=0
    )
    return count <= MAX_CANDIDATES and (
        rule == "exact" or 2**count * largest <= MAX_ENTRIES
    )


def follower_is_settled(problem: ProblemData) -> bool:
    """Say whether neither level's energy depends on the leader, nor the time on the modes.

    Every linked node connects, wherever the agents are, and every connection takes time.
    """
    reading = problem.reading
    return (
        reading.connection == "forced"
        and reading.qan_rule != "single"
        and reading.connection_cost == "connected"
    )


def _least_extra(evaluator: ChoiceEvaluator, scope: int) -> float | None:
    """Return the least joules that agent mode adds where every linked node connects.

    None if the follower has no feasible response.
    """
    problem = evaluator.problem
    linked: Bools = np.asarray(
        problem.usable[problem.requests_in(scope)].any(axis=1), dtype=np.bool_
    )
    least = evaluator.least_energy(scope, linked)
    return None if least is None else least.bound
