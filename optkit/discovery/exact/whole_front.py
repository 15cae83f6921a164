"""Time against energy of a whole instance, from the fronts of its independent parts.

The parts are the scopes of the accuracy rows. Where the rows of all scopes hold anyway and
every connection takes time, the groups are. Both aims are sums over the parts, so every
solution is the sum of one solution of each part, and the front is found by adding up the
parts' fronts. Bounds add up likewise.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.solving.deadline import Deadline
from optkit.core.tools.pareto.aims import Between
from optkit.core.tools.pareto.point_sets import PointSet, sum_of
from optkit.discovery.exact.energy_limit import EnergyLimitedScope, ScopePoint
from optkit.discovery.exact.scope_front import ScopeFront
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator, combined
from optkit.discovery.problem.problem_data import ProblemData, problem_data
from optkit.discovery.problem.separation import independent_parts
from optkit.discovery.problem.solution_mapping import choice_of, solution_of
from optkit.discovery.solution import DiscoverySolution

SHARE = 0.2
"""Share of the time that is left which one solve may take."""

LEAST_SECONDS = 0.5
"""What a solve may take in any case, s."""

TELL_SECONDS = 5.0
"""Seconds between two messages on the progress."""


def whole_front(
    instance: DiscoveryInstance,
    known: Sequence[DiscoverySolution],
    deadline: Deadline,
    tell: Callable[[str], None] = lambda _: None,
) -> Between | None:
    """Return the front as far as the time allows.

    Parameters
    ----------
    instance
        The instance; its weights are ignored.
    known
        Solutions that are known already, and pass the check.
    deadline
        When to stop. Ctrl-C ends the search, too, and what is known is returned.
    tell
        Called now and then with the progress in words.

    Returns
    -------
    Between or None
        None if there is nothing to choose, or no time for every part's ends.
    """
    problem = replace(
        independent_parts(problem_data(instance)), time_weight=1.0, energy_weight=0.0
    )
    if not problem.scopes:
        return None
    evaluator = ChoiceEvaluator(problem)
    fronts = _Fronts(problem, evaluator, deadline)
    for solution in known:
        fronts.take(choice_of(instance, problem, solution))
    interrupted = fronts.search(tell)
    return fronts.summed(instance, interrupted)


@dataclass(eq=False)
class _Fronts:
    """The fronts of all parts.

    Parameters
    ----------
    problem, evaluator
        The instance, with weight 1 on time and 0 on energy, and its evaluator.
    deadline
        When to stop.
    """

    problem: ProblemData
    evaluator: ChoiceEvaluator
    deadline: Deadline

    def __post_init__(self) -> None:
        self.parts = [
            ScopeFront(EnergyLimitedScope(self.problem, scope, self.evaluator))
            for scope in range(self.problem.scopes)
        ]

    def take(self, choice: Choice) -> None:
        """Take what a choice for the whole does in every part."""
        for scope, part in enumerate(self.parts):
            evaluation = self.evaluator.evaluate_scope(choice, scope)
            if evaluation.violation == 0.0:
                opened = choice.opened[self.problem.groups_in(scope)]
                part.add([ScopePoint(opened, evaluation)])

    def _one_solve(self) -> Deadline:
        """Return the deadline of one solve."""
        left = self.deadline.remaining
        return Deadline(
            left if math.isinf(left) else max(LEAST_SECONDS, SHARE * left),
            self.deadline,
        )

    def search(self, tell: Callable[[str], None]) -> bool:
        """Search the parts, the largest open area first; return whether Ctrl-C ended it."""
        solves, due = 0, time.monotonic() + TELL_SECONDS
        try:
            for part in self.parts:
                if self.deadline():
                    return False
                part.begin(self._one_solve())
            while not self.deadline():
                part = max(self.parts, key=lambda part: part.area)
                if part.area == 0.0:
                    break
                part.explore(self._one_solve())
                solves += 1
                if time.monotonic() >= due:
                    open_parts = sum(part.area > 0.0 for part in self.parts)
                    tell(
                        f"{solves} solves with limited energy, {open_parts} of"
                        f" {len(self.parts)} parts open"
                    )
                    due = time.monotonic() + TELL_SECONDS
        except KeyboardInterrupt:
            return True
        return False

    def summed(self, instance: DiscoveryInstance, interrupted: bool) -> Between | None:
        """Return the fronts' sum: what was found, and what bounds it."""
        if any(not part.points for part in self.parts):
            return None
        found = sum_of([PointSet.of(part.found()) for part in self.parts], bounds=False)
        bounds: Floats | None = None
        corners = [part.bounds() for part in self.parts]
        if all(len(corner) for corner in corners):
            summed = sum_of([PointSet.of(corner) for corner in corners], bounds=True)
            bounds = summed.points
        complete = not found.thinned and all(
            part.settled and part.area == 0.0 for part in self.parts
        )

        def solution(index: int) -> DiscoverySolution:
            return self._solution(instance, found.members[index])

        return Between(found.points, bounds, solution, complete, interrupted)

    def _solution(
        self, instance: DiscoveryInstance, members: Ints
    ) -> DiscoverySolution:
        """Return the solution made of one point per part."""
        points = [
            part.points[member]
            for part, member in zip(self.parts, members, strict=True)
        ]
        opened = np.concatenate([point.opened for point in points])
        whole = combined([point.evaluation for point in points])
        return solution_of(instance, self.problem, opened, whole)
