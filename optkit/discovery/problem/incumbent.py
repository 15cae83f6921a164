"""The best choice so far, scope by scope."""

from __future__ import annotations

import math

import numpy as np

from optkit.core.solving.run import Run
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import Choice, Evaluation
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.problem.solution_mapping import solution_of
from optkit.discovery.solution import DiscoverySolution


class Incumbent:
    """The best choice so far in every scope, reported whenever the whole got better.

    Parameters
    ----------
    instance, problem
        What is solved.
    run
        Where to report.
    """

    def __init__(self, instance: DiscoveryInstance, problem: ProblemData, run: Run) -> None:
        self.instance, self.problem, self.run = instance, problem, run
        self.choice = Choice(
            np.zeros((problem.groups, problem.candidates), dtype=bool),
            np.ones(problem.requests, dtype=bool),
        )
        self.parts: list[Evaluation | None] = [None] * problem.scopes

    def value(self, scope: int) -> float:
        """Return the objective of the best choice in a scope; infinite without one."""
        part = self.parts[scope]
        return math.inf if part is None else part.objective

    def offer(self, scope: int, choice: Choice, evaluation: Evaluation) -> bool:
        """Take a choice for a scope if it is the best there; return whether it was."""
        if not evaluation.objective < self.value(scope):
            return False
        problem = self.problem
        groups = slice(*map(int, problem.scope_groups[scope : scope + 2]))
        opened, asked = self.choice.opened.copy(), self.choice.asked.copy()
        opened[groups] = choice.opened[groups]
        asked[problem.scope(scope)] = choice.asked[problem.scope(scope)]
        self.choice = Choice(opened, asked)
        self.parts[scope] = evaluation
        return True

    def report(self) -> None:
        """Report the whole, if every scope has a solution."""
        parts = [part for part in self.parts if part is not None]
        if len(parts) < len(self.parts):
            return
        opened = self.choice.opened
        whole = joined(parts)

        def make() -> DiscoverySolution:
            return solution_of(self.instance, self.problem, opened, whole)

        self.run.incumbent(whole.objective, make)


def joined(parts: list[Evaluation]) -> Evaluation:
    """Return the evaluation of the whole from those of its scopes, in their order."""
    none = np.zeros(0, dtype=np.int64)
    return Evaluation(
        target=np.concatenate([none, *(part.target for part in parts)]),
        agent=np.concatenate([none.astype(bool), *(part.agent for part in parts)]),
        time=math.fsum(part.time for part in parts),
        energy=math.fsum(part.energy for part in parts),
        objective=math.fsum(part.objective for part in parts),
        violation=math.fsum(part.violation for part in parts),
        proven=all(part.proven for part in parts),
    )
