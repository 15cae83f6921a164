"""The high-point relaxation, strengthened by value-function cuts.

The relaxation keeps every row and ignores that the follower optimises. A cut takes that
into account for one point y* of the follower:

    d y <= d y*,  or some lower row rules y* out at x.

Source: Mitsos, J. Global Optim. 47 (2010); Lozano and Smith, Oper. Res. 65 (2017).
``docs/bilevel.md`` has the proofs, those of the sharper coefficients included.
"""

from __future__ import annotations

import math

import numpy as np

from optkit.backends.incremental import SolveResult, SolveStatus
from optkit.bilevel.bounds.bound_tightening import BoundTightener, UnboundedError
from optkit.bilevel.bounds.follower_value import with_follower_bound
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.follower import Response
from optkit.bilevel.problem.indicators import Indicator, Indicators, common_step
from optkit.bilevel.problem.linking_rows import LinkingRow, linking_rows
from optkit.bilevel.problem.models import high_point_model
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline


class HighPointRelaxation:
    """The high-point relaxation with cuts.

    Parameters
    ----------
    problem
        The bilevel program, with integer linking columns.
    deadline
        Ends the solves for bounds.
    backend
        Name of the backend that solves it; the bounds come from HiGHS.
    incumbent
        A bilevel feasible point, shape (columns,). Bounds then hold for the points that
        are better.

    Raises
    ------
    UnboundedError
        If a linking column is unbounded on the relaxation.
    StoppedError
        If the deadline was reached.
    """

    def __init__(
        self,
        problem: ProblemData,
        deadline: Deadline | None = None,
        backend: str = "highs",
        incumbent: Floats | None = None,
    ) -> None:
        self.problem = problem
        self.model = high_point_model(problem, backend=backend)
        every = np.arange(problem.columns)
        self._objective_row = self.model.add_row(-np.inf, np.inf, every, problem.cost)
        self._objective_step = objective_step(problem)
        self._cost = problem.follower_cost[problem.lower]
        self._linking_rows = linking_rows(problem)
        self._tightener = BoundTightener(problem, self._linking_rows, deadline)
        if incumbent is not None:
            self._require_improvement(incumbent)
        self.low, self.high = self._tightener.linking_bounds()
        self.infeasible = (
            self._tightener.infeasible
            or self._tightener.largest_follower_value() == -math.inf
        )
        self._indicators = Indicators(self.model, self.low, self.high)
        self._digits: dict[int, list[tuple[float, int]]] = {}

    def solve(self, deadline: Deadline, start: Floats | None = None) -> SolveResult:
        """Solve the relaxation.

        Parameters
        ----------
        deadline
            Ends the solve.
        start
            The incumbent, shape (columns of the problem,); points that are no better are
            cut off.

        Returns
        -------
        SolveResult
            Its points have the shape (columns of the problem,).
        """
        if self.infeasible:
            return SolveResult(SolveStatus.INFEASIBLE)
        extended = None
        if start is not None:
            self._require_improvement(start)
            if self._objective_step is None:
                extended = self._indicators.extend(start)
        result = self.model.solve(deadline, start=extended, collect=True)
        count = self.problem.columns
        return SolveResult(
            result.status,
            None if result.values is None else result.values[:count],
            None if result.bound is None else result.bound + self.problem.offset,
            tuple(point[:count] for point in result.points),
        )

    def _require_improvement(self, incumbent: Floats) -> None:
        """Cut off points that are no better than the incumbent.

        If the leader's objective moves in steps, the incumbent itself is cut off, too. The
        relaxation is then infeasible once no better point is left.
        """
        value = float(self.problem.cost @ incumbent)
        if self._objective_step is None:
            limit = value + 1e-9 * max(1.0, abs(value))
        else:
            limit = value - 0.5 * self._objective_step
        self.model.set_row_upper(self._objective_row, limit)
        self._tightener.require_objective(limit)

    def cut(self, decision: Floats, response: Response) -> None:
        """Add the value-function cut of a response, or exclude a decision without one.

        There is none where the follower's objective is unbounded on the relaxation.

        Parameters
        ----------
        decision
            Values of the leader's columns, shape (upper columns,).
        response
            The follower's response to it.
        """
        if (
            response.status is not SolveStatus.OPTIMAL
            or response.values is None
            or not self.add_value_function_cut(response.values, response.value)
        ):
            self.exclude(decision)

    def add_value_function_cut(self, response: Floats, value: float) -> bool:
        """Add the value-function cut of one point of the follower.

        Parameters
        ----------
        response
            The point y*, shape (lower columns,). It satisfies its bounds, and every lower
            row without linking columns.
        value
            Its objective d y*.

        Returns
        -------
        bool
            False if no cut was added, because the follower's objective is unbounded on the
            relaxation where a row rules the point out.
        """
        most = self._tightener.largest_follower_value()
        losses: dict[Indicator, float] = {}
        for index, linking in enumerate(self._linking_rows):
            threshold = linking.threshold(response)
            indicator = self._indicators.at_least(linking.indices, linking.a, threshold)
            if indicator is True:
                return True  # y* is ruled out whatever the leader does
            if indicator is False:
                continue
            loss = self._loss_by_lowering(linking, response)
            if loss is None:
                largest = self._largest_value_beyond(index, threshold)
                if largest == -math.inf:
                    continue  # at no improving point does this row rule y* out
                loss = max(0.0, largest - value)
            if min(loss, most) == math.inf:
                return False
            # One binary column may lower several columns: the losses add up.
            losses[indicator] = losses.get(indicator, 0.0) + loss
        whole = self.problem.follower_value_is_whole
        right = value if whole else value + 1e-9 * max(1.0, abs(value))
        indices, values = self.problem.lower.tolist(), self._cost.tolist()
        for indicator, loss in losses.items():
            loss = min(loss, max(0.0, most - value))
            indices.append(indicator.column)
            values.append(-loss * indicator.scale)
            right += loss * indicator.offset
        self.model.add_row(-np.inf, right, np.array(indices), np.array(values))
        return True

    def _loss_by_lowering(self, linking: LinkingRow, response: Floats) -> float | None:
        """Return the follower's loss if the row only lowers one column; else None."""
        if linking.lowered is None:
            return None
        position, bound = linking.lowered
        lost = response[position] - min(bound, response[position])
        return max(0.0, float(-self._cost[position] * lost))

    def _largest_value_beyond(self, index: int, threshold: float) -> float:
        """Bound the follower's objective where a linking row rules y* out."""
        largest = self._tightener.largest_follower_value_beyond(index, threshold)
        if self.problem.follower_value_is_whole and math.isfinite(largest):
            return math.floor(largest + 1e-6)
        return largest

    def digits(self, j: int) -> list[tuple[float, int]]:
        """Return binary columns whose weighted sum is a linking column less its bound.

        Parameters
        ----------
        j
            Index of the linking column.

        Returns
        -------
        list of (float, int)
            Weights and columns. A binary column is its own digit.
        """
        if j not in self._digits:
            low, width = float(self.low[j]), int(self.high[j] - self.low[j])
            if width == 0:
                self._digits[j] = []
            elif width == 1 and low == 0.0:
                self._digits[j] = [(1.0, j)]
            else:
                digits = [
                    (2.0**k, self.model.add_column(0.0, 1.0, True))
                    for k in range(width.bit_length())
                ]
                columns = np.array([j, *(column for _, column in digits)])
                weights = np.array([1.0, *(-weight for weight, _ in digits)])
                self.model.add_row(low, low, columns, weights)
                self._digits[j] = digits
        return self._digits[j]

    def exclude(self, decision: Floats) -> None:
        """Cut off one assignment of the linking columns.

        Parameters
        ----------
        decision
            Values of the leader's columns, shape (upper columns,).
        """
        self.model.disable_presolve()  # it has answered programs with no-good cuts wrongly
        problem = self.problem
        indices: list[int] = []
        values: list[float] = []
        right = 1.0
        linking_values = decision[problem.linking_positions]
        for j, value in zip(problem.linking, linking_values, strict=True):
            for sign in (1.0, -1.0):
                indicator = self._indicators.at_least(
                    np.array([j]), np.array([sign]), sign * float(value) + 1.0
                )
                if isinstance(indicator, Indicator):
                    indices.append(indicator.column)
                    values.append(indicator.scale)
                    right -= indicator.offset
        self.model.add_row(right, np.inf, np.array(indices), np.array(values))


def high_point_relaxation(
    problem: ProblemData, evaluator: Evaluator
) -> HighPointRelaxation:
    """Return the high-point relaxation, bounded as far as can be proven.

    A bound on the follower's objective is added where the rows imply none. What is then
    still unbounded may be bounded by being better than an incumbent.

    Parameters
    ----------
    problem
        The bilevel program, with integer linking columns.
    evaluator
        Evaluates the relaxation's optimum if an incumbent is needed.

    Raises
    ------
    UnboundedError
        If a linking column is unbounded even on the better points.
    StoppedError
        If the deadline was reached.
    """
    problem = with_follower_bound(problem, evaluator.deadline())
    backend = evaluator.backend
    try:
        return HighPointRelaxation(
            problem, evaluator.deadline(), backend, evaluator.best
        )
    except UnboundedError:
        if evaluator.best is not None:
            raise
        result = high_point_model(problem, backend=backend).solve(evaluator.deadline())
        for point in result.points:
            evaluator.evaluate(evaluator.decision(point))
        if evaluator.best is None:
            raise
        return HighPointRelaxation(
            problem, evaluator.deadline(), backend, evaluator.best
        )


def objective_step(problem: ProblemData) -> float | None:
    """Return the least difference between two values of the leader's objective.

    Returns
    -------
    float or None
        None if there is no such step, or if it is too fine.
    """
    active = problem.cost != 0.0
    if not active.any() or not problem.integer[active].all():
        return None
    return common_step(problem.cost[active])
