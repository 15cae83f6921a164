"""Branch and bound over the follower's multipliers, for a single agent per group.

It applies where a single agent per group is open and only agent mode's connections take
time. The follower's multipliers then follow from what the leader connects. Their simplex is
cut into triangles, the one with the lowest bound first; the agents that a triangle's bound
opens are a choice of the leader, which is tried if it may be better.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.bounds.follower_terms import vertex_terms
from optkit.discovery.bounds.multiplier_triangles import (
    SingleAgentScope,
    halves,
    simplex,
    single_agent_scope,
)
from optkit.discovery.bounds.triangle_bound import ROWS, raise_prices
from optkit.discovery.exact.threshold_choices import ThresholdSearch
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.follower.problem import follower_problem
from optkit.discovery.problem.follower.response import multipliers
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData

MIN_PROGRESS = 0.1
"""Share of the gap that twice as many triangles have to close, for the search to go on
where other methods follow."""

STEPS = 40
"""Most steps that raise prices in a triangle."""

ROUNDING = 1e-10
"""Share of a bound that is given up for rounding."""

FIRST_LOOK = 64
"""Triangles after which better choices are looked for; then after twice as many."""

SMALLEST = 1e-7
"""Size of a triangle, relative to the whole, below which it is not cut any more."""


KEPT = 0.9
"""Share of its links that a scope keeps at most when it is cut down."""


Entry = tuple[float, int, Floats, Floats, SingleAgentScope]
"""A triangle's bound, its number, its corners, the prices of its bound, and the scope with
the options that may be open there."""


@dataclass(frozen=True, eq=False)
class TriangleBranchingResult:
    """The result of a search through the simplex.

    Parameters
    ----------
    bound
        On the scope's objective; infinite where every choice leaves the follower without a
        response.
    triangles
        Number of triangles whose bound was computed.
    """

    bound: float
    triangles: int


def applies(problem: ProblemData) -> bool:
    """Say whether this method is valid for the problem's reading."""
    reading = problem.reading
    return (
        problem.time_weight > 0.0
        and problem.candidates > 0
        and reading.qan_rule == "single"
        and reading.connection_cost == "agent-mode"
    )


class TriangleBranching:
    """Branch and bound over the follower's multipliers in one scope.

    Parameters
    ----------
    problem
        The instance; it must satisfy :func:`applies`.
    index
        Number of the scope.
    evaluator, incumbent
        For the choices that are met.
    """

    def __init__(
        self,
        problem: ProblemData,
        index: int,
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
    ) -> None:
        self._problem, self._index = problem, index
        self._evaluator, self._incumbent = evaluator, incumbent
        self._scope: SingleAgentScope = single_agent_scope(problem, index)
        self._thresholds = ThresholdSearch(problem, index, self._scope)
        self._tried: set[bytes] = set()

    def search(
        self,
        should_stop: Callable[[], bool],
        *,
        lower: float,
        gap: float,
        max_triangles: int,
        min_progress: float = MIN_PROGRESS,
    ) -> TriangleBranchingResult:
        """Return a bound on the scope's objective.

        Parameters
        ----------
        should_stop
            Says when to stop.
        lower
            A lower bound that is known already.
        gap
            Relative gap to the incumbent at which the search ends.
        max_triangles
            Largest number of triangles to bound.
        min_progress
            Share of the gap that twice as many triangles have to close.
        """
        whole, scope = simplex(self._scope), self._scope
        bound, prices, smaller = self._bound(
            whole, scope, np.zeros(ROWS), gap, 5 * STEPS
        )
        heap: list[Entry] = [(max(bound, lower), 0, whole, prices, smaller)]
        count, next_look, last_gap = 1, FIRST_LOOK, math.inf
        uncut = math.inf  # the least bound of triangles too small to cut
        while heap and count < max_triangles and not should_stop():
            least, _, triangle, prices, scope = heap[0]
            if least >= min(self._target(gap), uncut):
                break
            if count >= next_look:
                self._look_for_choices(should_stop, next_look)
                next_look *= 2
                current_gap = self._incumbent.value(self._index) - least
                if current_gap > (1.0 - min_progress) * last_gap:
                    break
                last_gap = current_gap
            heapq.heappop(heap)
            if np.ptp(triangle * scope.magnitudes, axis=0).max() < SMALLEST:
                uncut = min(uncut, least)
                continue
            for half in halves(scope, triangle):
                bound, half_prices, smaller = self._bound(
                    half, scope, prices, gap, STEPS
                )
                count += 1
                bound = max(bound, least)
                if bound < self._target(gap):
                    heapq.heappush(heap, (bound, count, half, half_prices, smaller))
        value = self._incumbent.value(self._index)
        rest = min([uncut, *(entry[0] for entry in heap)])
        if rest == math.inf and value == math.inf:
            return TriangleBranchingResult(math.inf, count)  # no choice is left
        return TriangleBranchingResult(max(lower, min(rest, self._target(gap))), count)

    def _target(self, gap: float) -> float:
        """Return the bound from which on a triangle needs no cutting."""
        value = self._incumbent.value(self._index)
        if value == math.inf:
            return self._scope.ceiling
        return min(value - gap * abs(value), self._scope.ceiling)

    def _bound(
        self,
        triangle: Floats,
        scope: SingleAgentScope,
        prices: Floats,
        gap: float,
        steps: int,
    ) -> tuple[float, Floats, SingleAgentScope]:
        """Return a triangle's bound, its prices, and the scope without useless options.

        The options that the bound takes are tried as a choice of the leader.
        """
        target = self._target(gap)
        priced = raise_prices(
            scope.links,
            vertex_terms(scope, triangle),
            prices,
            target * (1.0 + 1e-6) - scope.base,
            steps,
        )
        if priced.bound == math.inf:
            return math.inf, prices, scope
        value = priced.bound + scope.base
        rounding = ROUNDING * (abs(value) + scope.ceiling)
        if value - rounding < self._target(0.0):
            self._try(scope, priced.options, value - rounding)
        kept = priced.option_bounds + scope.base - rounding < target
        if value - rounding < target and _links_kept(scope, kept) < KEPT:
            scope = scope.restricted(kept)
        return value - rounding, priced.prices, scope

    def _look_for_choices(
        self, should_stop: Callable[[], bool], triangles: int
    ) -> None:
        """Offer choices to which the follower responds by a threshold rule."""
        value = self._incumbent.value(self._index)
        for choice in self._thresholds.choices(should_stop, triangles, value):
            self._offer(choice)

    def _offer(self, choice: Choice) -> None:
        """Offer a choice, with the follower's exact response."""
        evaluation = self._evaluator.evaluate_scope(choice, self._index)
        if self._incumbent.offer(self._index, choice, evaluation):
            self._incumbent.report()

    def _try(self, scope: SingleAgentScope, options: Ints, bound: float) -> None:
        """Offer the agents that a triangle's bound opens, if they may be better."""
        key = scope.option_candidate[options].tobytes()
        value = self._incumbent.value(self._index)
        if not scope.links.forced or key in self._tried or bound >= value:
            return
        self._tried.add(key)
        around = self._incumbent.choice
        groups = self._problem.groups_in(self._index)
        opened = around.opened.copy()
        opened[groups] = scope.opened(options)
        if value == math.inf or self._estimate(opened[groups]) < value:
            self._offer(Choice(opened, around.asked))

    def _estimate(self, opened: Bools) -> float:
        """Return about what agents are worth, by the follower's linear relaxation."""
        problem = self._problem
        requests = problem.requests_in(self._index)
        groups = problem.groups_in(self._index)
        within = problem.group[requests] - groups.start
        seconds = np.where(opened[within], problem.connect[requests], np.inf)
        nearest = seconds.min(axis=1)
        connected = np.isfinite(nearest)
        follower = follower_problem(problem, self._index, connected)
        agent = follower.reduced_costs(*multipliers(follower)) < 0.0
        selecting = float(problem.select[groups][opened].sum())
        return problem.time_weight * (
            selecting + float(nearest[connected][agent].sum())
        ) + problem.energy_weight * (follower.base + float(follower.extra[agent].sum()))


def _links_kept(scope: SingleAgentScope, options: Bools) -> float:
    """Return the share of the links that some options have."""
    sizes = np.diff(scope.links.option_start)
    return float(sizes[options].sum()) / max(1, int(sizes.sum()))
