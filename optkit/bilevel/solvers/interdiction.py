"""Interdiction: a master problem over the leader's columns alone."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from optkit.backends.incremental import Answer, Program, State, Stop
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.follower import Response
from optkit.bilevel.problem.problem_data import Problem
from optkit.bilevel.problem.structure.interdiction import (
    InterdictionStructure,
    interdiction,
)
from optkit.bilevel.solvers.base import BilevelSolver, rounds
from optkit.core.arrays import Floats
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Outcome


@register
class Interdiction(BilevelSolver):
    """Cut the leader's own problem by what the follower keeps of its plans."""

    name: ClassVar[str] = "interdiction"
    reference: ClassVar[str] = (
        "Israeli and Wood, Networks 40 (2002); Fischetti, Ljubić, Monaci and Sinnl,"
        " INFORMS J. Comput. 31 (2019)"
    )

    def takes(self, problem: Problem) -> Availability:
        """Take opposite goals, ``y <= u (1 - x)``, and rows that dropping keeps."""
        found = interdiction(problem)
        if isinstance(found, str):
            return Availability(False, found)
        return Availability()

    def solve_problem(
        self, problem: Problem, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Cut until the master's value is the follower's."""
        structure = interdiction(problem)
        assert not isinstance(structure, str), "the harness asks takes() first"
        nothing = evaluator.decision(np.zeros(problem.columns))
        if _keeps(problem, nothing):
            evaluator.evaluate(nothing)
        # Forbidding everything leaves the least there is, budget or no budget.
        everything = np.zeros(problem.columns)
        everything[structure.leader] = 1.0
        least = evaluator.follower.respond(
            everything[problem.upper], run.should_stop, run.remaining()
        )
        if least.state is State.STOPPED:
            return Outcome(evaluator.stopped())
        if least.state is State.INFEASIBLE:
            # Whatever is forbidden, it is the follower's own rows that leave no point.
            return Outcome(Reason.PROVED, "the follower has no point", infeasible=True)
        master = Master(problem, structure, -least.value)
        run.model_built()
        return rounds(evaluator, master, master.cut, "master problem with cuts")


def _keeps(problem: Problem, decision: Floats) -> bool:
    """Say whether a decision keeps the leader's rows, as far as they are its own."""
    point = np.zeros(problem.columns)
    point[problem.upper] = decision
    activity = problem.matrix @ point
    ours = ~problem.row_is_lower
    return bool(
        (activity[ours] >= problem.row_lower[ours] - 1e-9).all()
        and (activity[ours] <= problem.row_upper[ours] + 1e-9).all()
    )


class Master:
    """The leader's rows and columns, and a column for what the follower gets.

    Parameters
    ----------
    problem
        The bilevel program.
    structure
        Its interdiction structure.
    least
        What the follower gets if everything is forbidden.
    """

    def __init__(
        self, problem: Problem, structure: InterdictionStructure, least: float
    ) -> None:
        self._problem, self._structure = problem, structure
        upper = problem.upper
        rows = np.flatnonzero(~problem.row_is_lower)
        self._program = Program(
            problem.matrix[rows][:, upper],
            problem.row_lower[rows],
            problem.row_upper[rows],
            problem.column_lower[upper],
            problem.column_upper[upper],
            problem.integer[upper],
            problem.cost[upper],
        )
        self._gain = self._program.add_column(least, np.inf, False)
        cost = np.append(problem.cost[upper], structure.scale)
        self._program.set_cost(cost)
        self._place = np.searchsorted(upper, structure.leader)

    def solve(self, stop: Stop, seconds: float, start: Floats | None = None) -> Answer:
        """Solve the master; in its points the follower's columns are zero."""
        problem = self._problem
        if start is not None:
            gain = -float(problem.follower_cost[problem.lower] @ start[problem.lower])
            start = np.append(start[problem.upper], gain)
        answer = self._program.solve(stop, seconds, start, collect=True)
        bound = answer.bound
        return Answer(
            answer.state,
            None if answer.values is None else self._full(answer.values),
            None if bound is None else bound + problem.offset,
            tuple(self._full(point) for point in answer.points),
        )

    def _full(self, values: Floats) -> Floats:
        full = np.zeros(self._problem.columns)
        full[self._problem.upper] = values[: self._gain]
        return full

    def cut(self, decision: Floats, response: Response) -> None:
        """Add: the follower gets what a plan is worth without what is forbidden.

        Parameters
        ----------
        decision
            The leader's, to which the plan is a response.
        response
            The plan.
        """
        if response.values is None:
            self.exclude(decision)
            return
        structure, plan = self._structure, response.values
        cost = self._problem.follower_cost[self._problem.lower]
        lost = plan[structure.place]
        lost = -cost[structure.place] * (lost - np.minimum(lost, structure.rest))
        row = np.zeros(self._gain + 1)
        np.add.at(row, self._place, np.maximum(lost, 0.0))
        row[self._gain] = 1.0
        slack = 1e-9 * max(1.0, abs(response.value))
        whole = math.isclose(response.value, round(response.value), abs_tol=1e-12)
        right = -response.value - (0.0 if whole else slack)
        self._program.add_row(right, np.inf, np.arange(self._gain + 1), row)

    def exclude(self, decision: Floats) -> None:
        """Cut off one assignment of the columns that forbid."""
        place = np.unique(self._place)
        row = np.zeros(self._gain + 1)
        row[place] = np.where(decision[place] > 0.5, -1.0, 1.0)
        right = 1.0 - float((decision[place] > 0.5).sum())
        self._program.add_row(right, np.inf, np.arange(self._gain + 1), row)
