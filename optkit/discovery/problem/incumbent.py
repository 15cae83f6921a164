"""The best choice so far, scope by scope."""

from __future__ import annotations

import math

import numpy as np

from optkit.core.solving.run import Run
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import Choice, Evaluation, combined
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.problem.solution_mapping import solution_of
from optkit.discovery.solution import DiscoverySolution


class Incumbent:
    """The best choice so far in every scope, reported when the whole has improved.

    Parameters
    ----------
    instance, problem
        The instance, and its arrays.
    run
        Where to report.
    """

    def __init__(
        self, instance: DiscoveryInstance, problem: ProblemData, run: Run
    ) -> None:
        self.instance, self.problem, self.run = instance, problem, run
        self.choice = Choice(
            np.zeros((problem.groups, problem.candidates), dtype=bool),
            np.ones(problem.requests, dtype=bool),
        )
        self.evaluations: list[Evaluation | None] = [None] * problem.scopes

    def value(self, scope: int) -> float:
        """Return the objective of the best choice in a scope; infinite without one."""
        evaluation = self.evaluations[scope]
        return math.inf if evaluation is None else evaluation.objective

    def offer(self, scope: int, choice: Choice, evaluation: Evaluation) -> bool:
        """Keep a choice for a scope if it is the best there; return whether it was."""
        if not evaluation.objective < self.value(scope):
            return False
        problem = self.problem
        groups, requests = problem.groups_in(scope), problem.requests_in(scope)
        opened, asked = self.choice.opened.copy(), self.choice.asked.copy()
        opened[groups] = choice.opened[groups]
        asked[requests] = choice.asked[requests]
        self.choice = Choice(opened, asked)
        self.evaluations[scope] = evaluation
        return True

    def report(self) -> None:
        """Report the whole to the run, if every scope has a solution."""
        evaluations = [part for part in self.evaluations if part is not None]
        if len(evaluations) < len(self.evaluations):
            return
        opened = self.choice.opened

        # Only the last solution is needed as a whole, and reports are many.
        def make() -> DiscoverySolution:
            whole = combined(evaluations)
            return solution_of(self.instance, self.problem, opened, whole)

        self.run.incumbent(math.fsum(part.objective for part in evaluations), make)
