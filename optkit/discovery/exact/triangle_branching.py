"""Branch and bound over the follower's multipliers, for a single agent per group.

It applies where a single agent per group is open and only agent mode's connections take
time. The follower's multipliers then follow from what the leader connects. Their simplex is
cut into triangles, the one with the lowest bound first; the agents that a triangle's bound
opens are a choice of the leader, which is tried if it may be better.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.solving.run import Run
from optkit.discovery.bounds.multiplier_triangles import (
    SingleAgentScope,
    follower_terms,
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
"""Share of the gap that twice as many triangles have to close, for the search to go on."""

STEPS = 60
"""Subgradient steps in a triangle."""

ROUNDING = 1e-10
"""Share of a bound that is given up for rounding."""

FIRST_LOOK = 64
"""Triangles after which better choices are looked for; then after twice as many."""

SMALLEST = 1e-7
"""Size of a triangle, relative to the whole, below which it is not cut any more."""


Entry = tuple[float, int, Floats, Floats]
"""A triangle's bound, its number, its corners, and the prices of its bound."""


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
        self, run: Run, *, lower: float, gap: float, max_triangles: int
    ) -> TriangleBranchingResult:
        """Return a bound on the scope's objective.

        Parameters
        ----------
        run
            Says when to stop.
        lower
            A lower bound that is known already.
        gap
            Relative gap to the incumbent at which the search ends.
        max_triangles
            Largest number of triangles to bound.
        """
        whole = simplex(self._scope)
        start = np.zeros(ROWS)
        bound, prices, options = self._bound(whole, start, gap, 5 * STEPS)
        self._try(options, bound)
        heap: list[Entry] = [(max(bound, lower), 0, whole, prices)]
        count, next_look, last_gap = 1, FIRST_LOOK, math.inf
        uncut = math.inf  # the least bound of triangles too small to cut
        while heap and count < max_triangles and not run.should_stop():
            least, _, triangle, prices = heap[0]
            if least >= min(self._target(gap), uncut):
                break
            if count >= next_look:
                self._look_for_choices(run, next_look)
                next_look *= 2
                current_gap = self._incumbent.value(self._index) - least
                if current_gap > (1.0 - MIN_PROGRESS) * last_gap:
                    break
                last_gap = current_gap
            heapq.heappop(heap)
            if np.ptp(triangle * self._scope.magnitudes, axis=0).max() < SMALLEST:
                uncut = min(uncut, least)
                continue
            for half in halves(self._scope, triangle):
                bound, half_prices, options = self._bound(half, prices, gap, STEPS)
                count += 1
                if bound < self._target(0.0):
                    self._try(options, bound)
                bound = max(bound, least)
                if bound < self._target(gap):
                    heapq.heappush(heap, (bound, count, half, half_prices))
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
        self, triangle: Floats, prices: Floats, gap: float, steps: int
    ) -> tuple[float, Floats, Ints]:
        """Return a triangle's bound, its prices, and each group's option there."""
        scope = self._scope
        target = self._target(gap) * (1.0 + 1e-6) - scope.base
        value, best_prices, options = raise_prices(
            scope.links, follower_terms(scope, triangle), prices, target, steps
        )
        value += scope.base
        return value - ROUNDING * (abs(value) + scope.ceiling), best_prices, options

    def _look_for_choices(self, run: Run, triangles: int) -> None:
        """Offer choices to which the follower responds by a threshold rule."""
        value = self._incumbent.value(self._index)
        for choice in self._thresholds.choices(run, triangles, value):
            self._offer(choice)

    def _offer(self, choice: Choice) -> None:
        """Offer a choice, with the follower's exact response."""
        evaluation = self._evaluator.evaluate_scope(choice, self._index)
        if self._incumbent.offer(self._index, choice, evaluation):
            self._incumbent.report()

    def _try(self, options: Ints, bound: float) -> None:
        """Offer the agents that a triangle's bound opens, if they may be better."""
        key = options.tobytes()
        value = self._incumbent.value(self._index)
        if not self._scope.links.forced or key in self._tried or bound >= value:
            return
        self._tried.add(key)
        around = self._incumbent.choice
        groups = self._problem.groups_in(self._index)
        opened = around.opened.copy()
        opened[groups] = self._scope.opened(options)
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
