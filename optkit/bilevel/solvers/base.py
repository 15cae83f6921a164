"""The base class of the bilevel solvers: refusals, and cases without an optimum."""

from __future__ import annotations

import abc
from typing import ClassVar

import numpy as np

from optkit.backends.options import BackendName
from optkit.bilevel.bounds.bound_tightening import UnboundedError
from optkit.bilevel.bounds.linear_optimum import StoppedError
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.problem_data import ProblemData, problem_data
from optkit.bilevel.problem.unboundedness import follower_is_unbounded
from optkit.core.options import Options
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome, Solver


def require_integer_linking(problem: ProblemData) -> Availability:
    """Refuse a problem with continuous linking columns; the reason names them."""
    names = problem.continuous_linking()
    if not names:
        return Availability()
    shown = ", ".join(repr(name) for name in names[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    hint = (
        "; as the follower solves a linear program, -s kkt takes it"
        if problem.follower_is_linear and not problem.is_pessimistic
        else ""
    )
    return Availability(
        False,
        f"linking columns must be integer, and {shown}{more} in the lower rows"
        f" {'is' if len(names) == 1 else 'are'} continuous (the best leader's decision"
        f" may then not even exist){hint}",
    )


class BilevelOptions(Options):
    """Options of the bilevel solvers."""

    backend: BackendName = "highs"


class BilevelSolver(Solver[BilevelInstance, BilevelOptions]):
    """An exact solver of mixed-integer bilevel linear programs."""

    family: ClassVar[str] = "bilevel"
    kind: ClassVar[Kind] = Kind.EXACT
    Options = BilevelOptions
    capabilities: ClassVar[Capabilities] = Capabilities(bound=True, warm_start=True)
    pessimistic: ClassVar[bool] = False
    """Whether its followers take the optimum that is worst for the leader."""

    def supports(self, instance: BilevelInstance) -> Availability:
        """Say whether the solver can solve this instance."""
        problem = problem_data(instance)
        if problem.is_pessimistic and not self.pessimistic:
            return Availability(
                False,
                "the instance is pessimistic (its key ties); -s pessimistic solves it",
            )
        return self.supports_problem(problem)

    def supports_problem(self, problem: ProblemData) -> Availability:
        """Say whether the solver can solve this problem; overridden where it needs more."""
        return require_integer_linking(problem)

    def run(self, instance: BilevelInstance, run: Run) -> Outcome:
        """Solve ``instance``, after ruling out the cases without an optimum."""
        problem = problem_data(instance)
        crossed = np.flatnonzero(problem.column_lower > problem.column_upper)
        if len(crossed):
            column = instance.columns[crossed[0]]
            return Outcome(
                Reason.PROVED,
                f"no {'whole ' if column.integer else ''}number lies within the bounds of"
                f" column {column.id!r}, {column.lower!r} and {column.upper!r}",
                infeasible=True,
            )
        if follower_is_unbounded(problem, run.deadline()):
            return Outcome(
                Reason.PROVED,
                "the follower's problem is unbounded wherever it has a point, so it has no"
                " optimal response to anything; bound the lower columns",
                infeasible=True,
            )
        evaluator = self.evaluator(problem, run)
        try:
            return self.solve_problem(problem, evaluator, run)
        except UnboundedError as unbounded:
            return Outcome(Reason.CONVERGED, str(unbounded))
        except StoppedError:
            return Outcome(evaluator.stop_reason())

    def evaluator(self, problem: ProblemData, run: Run) -> Evaluator:
        """Return what evaluates decisions of the leader."""
        return Evaluator(problem, run, self.options.backend)

    @abc.abstractmethod
    def solve_problem(
        self, problem: ProblemData, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Solve a problem whose follower is bounded."""
