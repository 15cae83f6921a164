"""The base of all discovery solvers: arrays, evaluator, first solution and bound."""

from __future__ import annotations

import abc
from typing import ClassVar

from optkit.core.solving.run import Run
from optkit.core.solving.solver import OptionsT, Outcome, Solver
from optkit.discovery.bounds.priced_bound import SOURCE as PRICED
from optkit.discovery.bounds.priced_bound import priced_bound
from optkit.discovery.bounds.trivial import SOURCE, trivial_bound
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.initial_choice import initial_choice
from optkit.discovery.problem.problem_data import ProblemData, problem_data
from optkit.discovery.problem.solution_mapping import choice_of
from optkit.discovery.solution import DiscoverySolution

BOUND_SHARE = 0.1
"""Share of the time that a solver without a bound of its own spends on one."""

PAPER = "Zhou et al., dispersed computing resource discovery"


class DiscoverySolver(Solver[DiscoveryInstance, OptionsT]):
    """A solver that evaluates choices of the leader.

    First it reports the bound of everything at its cheapest, and a choice by simple rules
    as a solution. So there is a solution whatever stops the run, unless that choice leaves
    the follower without a feasible response.
    """

    family: ClassVar[str] = "discovery"

    def run(self, instance: DiscoveryInstance, run: Run) -> Outcome:
        """Solve ``instance``, starting from a first choice."""
        problem = problem_data(instance)
        run.prove(trivial_bound(problem), SOURCE)
        evaluator = ChoiceEvaluator(problem)
        incumbent = Incumbent(instance, problem, run)
        choice, evaluations = initial_choice(problem, evaluator)
        for scope, evaluation in enumerate(evaluations):
            incumbent.offer(scope, choice, evaluation)
        if run.initial is not None:
            self._take_initial(incumbent, evaluator)
        incumbent.report()
        run.model_built()
        return self.improve(problem, evaluator, incumbent, run)

    def _take_initial(self, incumbent: Incumbent, evaluator: ChoiceEvaluator) -> None:
        """Take agents and requests to connect from the initial solution where better.

        The targets of connections and the modes are chosen anew, which is never worse.
        """
        run, problem = incumbent.run, incumbent.problem
        assert isinstance(run.initial, DiscoverySolution)
        choice = choice_of(incumbent.instance, problem, run.initial)
        taken = [
            incumbent.offer(scope, choice, evaluator.evaluate_scope(choice, scope))
            for scope in range(problem.scopes)
        ]
        if any(taken):
            run.report_initial(True, "its agents and connections are the start")
        else:
            run.report_initial(False, "the choice by simple rules is no worse")

    @staticmethod
    def prove_by_groups(problem: ProblemData, run: Run) -> None:
        """Report the bound by prices and groups, for which a tenth of the time may go."""
        bound = priced_bound(problem, run.share(BOUND_SHARE))
        if bound is not None:
            run.prove(bound, PRICED)

    @abc.abstractmethod
    def improve(
        self,
        problem: ProblemData,
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> Outcome:
        """Improve on ``incumbent``; return how the search ended."""
