"""What the discovery solvers share: arrays, an evaluator, a first solution and bound."""

from __future__ import annotations

import abc
import math
from typing import ClassVar

import numpy as np

from optkit.core.run import Run
from optkit.core.solver import Outcome, Solver
from optkit.discovery.answer import choice_of, solution_of
from optkit.discovery.arrays import Problem, problem_of
from optkit.discovery.bound import SOURCE, cheapest
from optkit.discovery.evaluate import Choice, Evaluation, Evaluator
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.solution import DiscoverySolution
from optkit.discovery.start import first_choice

PAPER = "Zhou et al., dispersed computing resource discovery"


class Incumbent:
    """The best choice so far in every scope, reported whenever the whole got better.

    Parameters
    ----------
    instance, problem
        What is solved.
    run
        Where to report.
    """

    def __init__(self, instance: DiscoveryInstance, problem: Problem, run: Run) -> None:
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


class DiscoverySolver(Solver[DiscoveryInstance]):
    """A solver that evaluates choices of the leader.

    Before it begins, the bound of everything at its cheapest is reported, and a choice by
    simple rules as a solution: whatever stops the run, there is an answer, unless no such
    choice leaves the follower one.
    """

    family: ClassVar[str] = "discovery"

    def run(self, instance: DiscoveryInstance, run: Run) -> Outcome:
        """Solve ``instance`` from a first choice on."""
        problem = problem_of(instance)
        run.prove(cheapest(problem), SOURCE)
        evaluator = Evaluator(problem)
        incumbent = Incumbent(instance, problem, run)
        choice, parts = first_choice(problem, evaluator)
        for scope, part in enumerate(parts):
            incumbent.offer(scope, choice, part)
        if run.initial is not None:
            self.take_initial(incumbent, evaluator)
        incumbent.report()
        run.built()
        return self.improve(problem, evaluator, incumbent, run)

    def take_initial(self, incumbent: Incumbent, evaluator: Evaluator) -> None:
        """Take the agents and connections of the initial solution where they are better.

        Its modes and the agents it connects to are chosen anew, and are no worse.
        """
        run, problem = incumbent.run, incumbent.problem
        assert isinstance(run.initial, DiscoverySolution)
        choice = choice_of(incumbent.instance, problem, run.initial)
        taken = [
            incumbent.offer(scope, choice, evaluator.scope(choice, scope))
            for scope in range(problem.scopes)
        ]
        if any(taken):
            run.report_initial(True, "its agents and connections are the start")
        else:
            run.report_initial(False, "the choice by simple rules is no worse")

    @abc.abstractmethod
    def improve(
        self,
        problem: Problem,
        evaluator: Evaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> Outcome:
        """Improve on ``incumbent`` and say how it ended."""
