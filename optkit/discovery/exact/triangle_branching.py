"""A bound where one agent a group is open, and only agent mode's connections take time.

There the follower's multipliers follow from what the leader connects. Their simplex is cut
into triangles, the one with the lowest bound first (best-first branch and bound); what a
triangle's bound opens is a choice of the leader, tried if it promises to be better.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.solving.run import Run
from optkit.discovery.bounds.multiplier_triangles import (
    Scope,
    halves,
    single_agent_scope,
    simplex,
    follower_terms,
)
from optkit.discovery.bounds.triangle_bound import ROWS, raise_prices
from optkit.discovery.exact.threshold_choices import ThresholdSearch
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.follower.problem import follower_problem
from optkit.discovery.problem.follower.response import multipliers
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData

WORTH = 0.1
"""Share of the gap that twice as many triangles have to close, for going on."""

STEPS = 60
"""Steps along subgradients in a triangle."""

ROUNDING = 1e-10
"""Share of a bound that is given up for rounding."""

FIRST_LOOK = 64
"""Triangles after which better choices are looked for; then after twice that."""

SMALL = 1e-7
"""Size of a triangle, relative to the whole, that is not cut any more."""


Entry = tuple[float, int, Floats, Floats]
"""A triangle's bound, its number, its corners, and the prices of its bound."""


@dataclass(frozen=True, eq=False)
class TriangleBranchingResult:
    """What a search through the simplex found.

    Parameters
    ----------
    bound
        On the scope's objective; infinite where no choice leaves the follower an answer.
    cells
        Triangles whose bound was computed.
    """

    bound: float
    cells: int


def applies(problem: ProblemData) -> bool:
    """Say whether this kind of bound is one for the problem's readings."""
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
        The instance; :func:`applies` says whether it suits.
    index
        Which scope.
    evaluator, incumbent
        For the choices that are met.
    """

    def __init__(
        self, problem: ProblemData, index: int, evaluator: ChoiceEvaluator, incumbent: Incumbent
    ) -> None:
        self._problem, self._index = problem, index
        self._evaluator, self._incumbent = evaluator, incumbent
        self._scope: Scope = single_agent_scope(problem, index)
        self._thresholds = ThresholdSearch(problem, index, self._scope)
        self._tried: set[bytes] = set()

    def search(self, run: Run, *, known: float, gap: float, cells: int) -> TriangleBranchingResult:
        """Return a bound on the scope's objective.

        Parameters
        ----------
        run
            Says when to stop.
        known
            A bound that is known.
        gap
            Relative gap to the incumbent at which the search ends.
        cells
            Triangles to bound, at most.
        """
        whole = simplex(self._scope)
        start = np.zeros(ROWS)
        bound, prices, chosen = self._bound(whole, start, gap, 5 * STEPS)
        self._try(chosen, bound)
        heap: list[Entry] = [(max(bound, known), 0, whole, prices)]
        count, next_look, gap_then = 1, FIRST_LOOK, math.inf
        ended = math.inf  # the least bound of triangles that are cut no more
        while heap and count < cells and not run.should_stop():
            least, _, cell, prices = heap[0]
            if least >= min(self._target(gap), ended):
                break
            if count >= next_look:
                self._look(run, next_look)
                next_look *= 2
                gap_now = self._incumbent.value(self._index) - least
                if gap_now > (1.0 - WORTH) * gap_then:
                    break
                gap_then = gap_now
            heapq.heappop(heap)
            if np.ptp(cell * self._scope.unit, axis=0).max() < SMALL:
                ended = min(ended, least)
                continue
            for half in halves(self._scope, cell):
                bound, found, chosen = self._bound(half, prices, gap, STEPS)
                count += 1
                if bound < self._target(0.0):
                    self._try(chosen, bound)
                bound = max(bound, least)
                if bound < self._target(gap):
                    heapq.heappush(heap, (bound, count, half, found))
        value = self._incumbent.value(self._index)
        rest = min([ended, *(entry[0] for entry in heap)])
        if rest == math.inf and value == math.inf:
            return TriangleBranchingResult(math.inf, count)  # no choice is left
        return TriangleBranchingResult(max(known, min(rest, self._target(gap))), count)

    def _target(self, gap: float) -> float:
        """Return the bound from which on a triangle can be left alone."""
        value = self._incumbent.value(self._index)
        if value == math.inf:
            return self._scope.ceiling
        return min(value - gap * abs(value), self._scope.ceiling)

    def _bound(
        self, cell: Floats, prices: Floats, gap: float, steps: int
    ) -> tuple[float, Floats, Ints]:
        scope = self._scope
        target = self._target(gap) * (1.0 + 1e-6) - scope.base
        value, found, chosen = raise_prices(
            scope.links, follower_terms(scope, cell), prices, target, steps
        )
        value += scope.base
        return value - ROUNDING * (abs(value) + scope.ceiling), found, chosen

    def _look(self, run: Run, cells: int) -> None:
        """Offer choices that the follower answers by a threshold rule."""
        value = self._incumbent.value(self._index)
        for choice in self._thresholds.choices(run, cells, value):
            self._offer(choice)

    def _offer(self, choice: Choice) -> None:
        """Offer a choice, as the follower answers it."""
        evaluation = self._evaluator.scope(choice, self._index)
        if self._incumbent.offer(self._index, choice, evaluation):
            self._incumbent.report()

    def _try(self, chosen: Ints, bound: float) -> None:
        """Offer what a triangle's bound opens, if it may be better than what is known."""
        key = chosen.tobytes()
        value = self._incumbent.value(self._index)
        if not self._scope.links.forced or key in self._tried or bound >= value:
            return
        self._tried.add(key)
        problem, around = self._problem, self._incumbent.choice
        groups = slice(*map(int, problem.scope_groups[self._index : self._index + 2]))
        opened = around.opened.copy()
        opened[groups] = self._scope.opened(chosen)
        if value == math.inf or self._estimate(opened[groups]) < value:
            self._offer(Choice(opened, around.asked))

    def _estimate(self, opened: Bools) -> float:
        """Return about what agents are worth, by the follower's linear relaxation."""
        problem, part = self._problem, self._problem.scope(self._index)
        groups = slice(*map(int, problem.scope_groups[self._index : self._index + 2]))
        within = problem.group[part] - groups.start
        seconds = np.where(opened[within], problem.connect[part], np.inf).min(axis=1)
        connected = np.isfinite(seconds)
        task = follower_problem(problem, self._index, connected)
        agent_price, self_price = multipliers(task)
        reduced = (
            task.extra - agent_price * task.agent_gain + self_price * task.self_gain
        )
        agent = reduced < 0.0
        selecting = float(problem.select[groups][opened].sum())
        return problem.time_weight * (
            selecting + float(seconds[connected][agent].sum())
        ) + problem.energy_weight * (task.base + float(task.extra[agent].sum()))
