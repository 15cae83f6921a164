"""What the discovery solvers share: arrays, an evaluator, a first solution and bound."""

from __future__ import annotations

import abc
from typing import ClassVar

from optkit.core.solving.run import Run
from optkit.core.solving.solver import Outcome, Solver
from optkit.discovery.bounds.trivial import SOURCE, cheapest
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.initial_choice import initial_choice
from optkit.discovery.problem.problem_data import ProblemData, problem_data
from optkit.discovery.problem.solution_mapping import choice_of
from optkit.discovery.solution import DiscoverySolution

PAPER = "Zhou et al., dispersed computing resource discovery"


class DiscoverySolver(Solver[DiscoveryInstance]):
    """A solver that evaluates choices of the leader.

    Before it begins, the bound of everything at its cheapest is reported, and a choice by
    simple rules as a solution: whatever stops the run, there is an answer, unless no such
    choice leaves the follower one.
    """

    family: ClassVar[str] = "discovery"

    def run(self, instance: DiscoveryInstance, run: Run) -> Outcome:
        """Solve ``instance`` from a first choice on."""
        problem = problem_data(instance)
        run.prove(cheapest(problem), SOURCE)
        evaluator = ChoiceEvaluator(problem)
        incumbent = Incumbent(instance, problem, run)
        choice, parts = initial_choice(problem, evaluator)
        for scope, part in enumerate(parts):
            incumbent.offer(scope, choice, part)
        if run.initial is not None:
            self.take_initial(incumbent, evaluator)
        incumbent.report()
        run.model_built()
        return self.improve(problem, evaluator, incumbent, run)

    def take_initial(self, incumbent: Incumbent, evaluator: ChoiceEvaluator) -> None:
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
        problem: ProblemData,
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> Outcome:
        """Improve on ``incumbent`` and say how it ended."""
