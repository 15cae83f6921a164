"""The least time of one scope where its energy is limited, with a bound: ε-constraint."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optkit.core.arrays import Bools
from optkit.core.solving.deadline import Deadline
from optkit.discovery.exact.scope_milp import ScopeMilp
from optkit.discovery.exact.value_function_cuts import (
    CLOSED_GAP,
    add_response_cut,
    bound_slack,
    choices_at,
    is_infeasible,
)
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator, Evaluation
from optkit.discovery.problem.problem_data import ProblemData, follower_tolerance

if TYPE_CHECKING:
    from optkit.backends import BackendResult

RESOLUTION = 2.0
"""Points whose energies are this many of the follower's tolerances apart, or less, count
as one."""


@dataclass(frozen=True, eq=False)
class ScopePoint:
    """A choice for one scope, and what it leads to.

    Parameters
    ----------
    opened
        Open candidates of the scope's groups, shape (g, J).
    evaluation
        The evaluation of the choice in the scope.
    """

    opened: Bools
    evaluation: Evaluation

    @property
    def values(self) -> tuple[float, float]:
        """Z1 in s and Z2 in J."""
        return self.evaluation.time, self.evaluation.energy


@dataclass(frozen=True, eq=False)
class LimitedOptimum:
    """What a solve with limited energy found and proved.

    Parameters
    ----------
    bound
        Every solution that keeps the limit has at least this value; infinite if none
        keeps it.
    points
        The choices that were met. Some may break the limit.
    """

    bound: float
    points: list[ScopePoint]


class EnergyLimitedScope:
    """The program of one scope, solved for one limit on its energy after the other.

    Value-function cuts hold for every limit, so those of one solve are there in the next.

    Parameters
    ----------
    problem
        The instance, with weight 1 on time and 0 on energy.
    scope
        The scope.
    evaluator
        Evaluates the choices that are met.
    """

    def __init__(
        self, problem: ProblemData, scope: int, evaluator: ChoiceEvaluator
    ) -> None:
        self._problem, self._scope, self._evaluator = problem, scope, evaluator
        self._milp = milp = ScopeMilp(problem, scope)
        if milp.interacts:
            milp.add_fixed_modes()
            add_response_cut(milp, milp.linked)
        self._energy_row = milp.builder.rows
        milp.builder.add_row(milp.agent, milp.extra, upper=self._most_extra)

    @property
    def _most_extra(self) -> float:
        """Joules that agent modes can add at most; more than that is no limit."""
        return float(np.maximum(self._milp.extra, 0.0).sum()) + 1.0

    def resolution(self, energy: float) -> float:
        """Return the joules below ``energy`` in which points are not told apart."""
        return RESOLUTION * follower_tolerance(energy, self._milp.largest)

    def least_energy(self, deadline: Deadline) -> LimitedOptimum:
        """Return the least energy, whatever time it takes."""
        milp = self._milp
        cost = np.zeros(milp.builder.columns)
        cost[milp.agent] = milp.extra
        return self._solved(self._solve(math.inf, deadline, cost))

    def least_time(self, limit: float, deadline: Deadline) -> LimitedOptimum:
        """Return the least time of solutions whose energy is at most ``limit``, J."""
        milp, bound = self._milp, 0.0
        points: list[ScopePoint] = []
        tried: set[bytes] = set()
        while True:
            solved = self._solved(self._solve(limit, deadline))
            bound = max(bound, solved.bound)
            points += solved.points
            within = limit + self.resolution(limit)
            values = [point.values for point in points]
            times = [time for time, energy in values if energy <= within]
            least = min(times, default=math.inf)
            if least - bound <= CLOSED_GAP * abs(least) or deadline():
                break
            if not milp.interacts or not solved.points:
                break
            connected = solved.points[0].evaluation.target >= 0
            key = connected.tobytes()
            if key in tried or not add_response_cut(milp, connected):
                break
            tried.add(key)
        return LimitedOptimum(bound, points)

    def _solve(
        self, limit: float, deadline: Deadline, cost: np.ndarray | None = None
    ) -> BackendResult:
        """Solve the program with a limit on the energy, and another objective if given."""
        from optkit.backends import solve_model

        milp = self._milp
        model = milp.builder.model()
        upper = model.row_upper.copy()
        upper[self._energy_row] = min(limit - milp.base, self._most_extra)
        model = replace(model, row_upper=upper)
        if cost is not None:
            model = replace(model, cost=cost, offset=milp.base)
        seconds = deadline.remaining
        return solve_model(
            model,
            time_limit=None if math.isinf(seconds) else max(seconds, 1e-3),
            should_stop=deadline,
            load=False,
        )

    def _solved(self, result: BackendResult) -> LimitedOptimum:
        """Return what a solve of the program proves, and the choices at its solution."""
        milp, problem = self._milp, self._problem
        if is_infeasible(result):
            return LimitedOptimum(math.inf, [])
        bound = -math.inf
        if result.bound is not None:
            bound = result.bound - bound_slack(milp, result.bound)
        points: list[ScopePoint] = []
        if result.values is not None:
            nothing = Choice(
                np.zeros((problem.groups, problem.candidates), dtype=np.bool_),
                np.ones(problem.requests, dtype=np.bool_),
            )
            for choice in choices_at(milp, result.values, nothing):
                evaluation = self._evaluator.evaluate_scope(choice, self._scope)
                if evaluation.violation == 0.0:
                    points.append(ScopePoint(choice.opened[milp.groups], evaluation))
        return LimitedOptimum(bound, points)
