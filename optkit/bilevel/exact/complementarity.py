"""Branching on complementarity: the follower's optimality conditions without big-M.

Source: Bard and Moore, SIAM J. Sci. Stat. Comput. 11 (1990).
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from optkit.backends.incremental import SolveStatus
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.kkt_conditions import (
    FollowerConstraint,
    Stationarity,
    follower_constraints,
)
from optkit.bilevel.problem.models import high_point_model
from optkit.bilevel.problem.problem_data import ProblemData, csr_row
from optkit.core.arrays import Floats
from optkit.core.solving.result import Reason
from optkit.core.solving.solver import Outcome

SOURCE = "linear relaxations of the optimality conditions, branched on"

_FRACTION = 1e-7
"""Distance from the nearest integer beyond which a column is branched on."""

_BREACH = 1e-9
"""Multiplier and slack beyond which a pair counts as not complementary."""

TURN_NODES = 200
"""Nodes before another method has its first turn."""

_EVALUATE_EVERY = 20
"""Decisions of nodes that are not bilevel feasible, of which one is evaluated."""


@dataclass(frozen=True)
class _Branching:
    """One branching decision: new bounds of a column, or a row made an equation.

    Parameters
    ----------
    column, row
        Index of the column or of the row; the other is -1.
    low, high
        Its new bounds or sides.
    """

    column: int
    row: int
    low: float
    high: float


_Node = tuple[float, int, tuple[_Branching, ...]]
"""A node: its parent's bound, a number that breaks ties, and the decisions on its path."""


@dataclass(frozen=True, eq=False)
class _NodeResult:
    """The result of a node's linear program.

    Parameters
    ----------
    status
        How the solve ended.
    bound
        The optimal value; minus infinity unless optimal.
    values
        The optimal point, shape (columns of the model,); empty unless optimal.
    """

    status: SolveStatus
    bound: float = -np.inf
    values: Floats = field(default_factory=lambda: np.zeros(0))


def branch_on_complementarity(
    problem: ProblemData,
    evaluator: Evaluator,
    improve: Callable[[], None],
    other: Callable[[float], bool],
) -> Outcome:
    """Branch and bound, best bound first, until no node is left.

    Parameters
    ----------
    problem
        The bilevel program, whose follower solves a linear program.
    evaluator
        Evaluates decisions, and reports.
    improve
        Called now and then; looks for better incumbents.
    other
        Another method. Each time that this one has taken twice as long, the other has as
        many seconds as lie between, and returns whether it has proven that nothing is
        better than the incumbent.
    """
    run = evaluator.run
    relaxation = _NodeRelaxation(problem, evaluator)
    run.model_built()
    heap: list[_Node] = [(-np.inf, 0, ())]
    tie_breakers = itertools.count(1)
    nodes, turns = 0, _Turns(other)
    while heap and not evaluator.should_stop():
        bound, _, path = heap[0]
        if np.isfinite(bound) and evaluator.prove(bound, SOURCE):
            return Outcome(Reason.PROVED, f"{nodes} nodes")
        result = relaxation.solve(path)
        if result.status is SolveStatus.STOPPED:
            break
        heapq.heappop(heap)
        nodes += 1
        if result.status is SolveStatus.UNBOUNDED:
            return Outcome(
                Reason.CONVERGED,
                "the leader's objective is unbounded on the relaxation; bound the columns",
            )
        if result.status is SolveStatus.INFEASIBLE or evaluator.ruled_out(result.bound):
            continue
        branchings = relaxation.branchings(result.values)
        if branchings is None:
            heapq.heappush(heap, (bound, 0, path))  # the node is still open
            break
        for branching in branchings:
            child = (result.bound, next(tie_breakers), (*path, branching))
            heapq.heappush(heap, child)
        if nodes >= TURN_NODES and turns.prove():
            heap.clear()
        if nodes % 10 == 0:
            improve()
        if nodes % 50 == 0:
            run.progress(f"{nodes} nodes, {len(heap)} open")
    if heap:
        return Outcome(evaluator.stop_reason(), f"{nodes} nodes, {len(heap)} open")
    if run.objective is None:
        return Outcome(Reason.PROVED, f"{nodes} nodes", infeasible=True)
    run.prove(run.objective, SOURCE)
    return Outcome(Reason.PROVED, f"{nodes} nodes")


class _Turns:
    """The turns of another method, after each of which this one has as long again."""

    def __init__(self, other: Callable[[float], bool]) -> None:
        self._other = other
        self._began, self._others, self._next = time.perf_counter(), 0.0, 0.0

    def prove(self) -> bool:
        """Give the other method its turn if it is due; return whether it has proven all."""
        now = time.perf_counter()
        own = now - self._began - self._others
        if own < self._next or own <= self._others:
            return False
        proven = self._other(own - self._others)
        self._others += time.perf_counter() - now
        self._next = 2.0 * own
        return proven


class _NodeRelaxation:
    """The linear program that all nodes share, and the choice of the next branching."""

    def __init__(self, problem: ProblemData, evaluator: Evaluator) -> None:
        self._problem, self._evaluator = problem, evaluator
        self._model = high_point_model(problem, relaxed=True, backend=evaluator.backend)
        self._proposals = 0
        self._constraints: list[tuple[int, FollowerConstraint]] = []
        stationarity = Stationarity(problem)
        for constraint in follower_constraints(problem):
            least = -np.inf if constraint.sign == 0 else 0.0
            multiplier = self._model.add_column(least, np.inf, False)
            self._constraints.append((multiplier, constraint))
            stationarity.add(multiplier, constraint)
        stationarity.add_rows(self._model)

    def solve(self, path: tuple[_Branching, ...]) -> _NodeResult:
        """Solve the linear program of the node at the end of a path."""
        self._apply(path, undo=False)
        try:
            result = self._model.solve(self._evaluator.deadline())
        finally:
            self._apply(path, undo=True)
        if result.status is not SolveStatus.OPTIMAL:
            return _NodeResult(result.status)
        assert result.values is not None
        assert result.bound is not None
        return _NodeResult(
            SolveStatus.OPTIMAL, result.bound + self._problem.offset, result.values
        )

    def _apply(self, path: tuple[_Branching, ...], undo: bool) -> None:
        """Narrow bounds and sides along a path, or restore them."""
        columns: dict[int, tuple[float, float]] = {}
        rows: dict[int, tuple[float, float]] = {}
        for branching in path:
            intervals = columns if branching.row < 0 else rows
            index = branching.column if branching.row < 0 else branching.row
            low, high = intervals.get(index) or self._original(branching)
            if not undo:
                low, high = max(low, branching.low), min(high, branching.high)
            intervals[index] = (low, high)
        for intervals, set_intervals in (
            (columns, self._model.set_column_bounds),
            (rows, self._model.set_row_sides),
        ):
            both = np.array(list(intervals.values())).reshape(-1, 2)
            set_intervals(
                np.array(list(intervals), dtype=np.int64),
                np.ascontiguousarray(both[:, 0]),
                np.ascontiguousarray(both[:, 1]),
            )

    def _original(self, branching: _Branching) -> tuple[float, float]:
        problem, i, j = self._problem, branching.row, branching.column
        if i >= 0:
            return float(problem.row_lower[i]), float(problem.row_upper[i])
        if j < problem.columns:
            return float(problem.column_lower[j]), float(problem.column_upper[j])
        return 0.0, np.inf  # a multiplier

    def branchings(self, values: Floats) -> list[_Branching] | None:
        """Return the two branchings at a node's point; none if it is bilevel feasible.

        Returns
        -------
        list of _Branching or None
            None if the run was stopped before that was known.
        """
        problem = self._problem
        integer = np.flatnonzero(problem.integer)
        distance = np.abs(values[integer] - np.rint(values[integer]))
        if len(integer) and distance.max() > _FRACTION:
            j = int(integer[distance.argmax()])
            return [
                _Branching(j, -1, -np.inf, float(np.floor(values[j]))),
                _Branching(j, -1, float(np.ceil(values[j])), np.inf),
            ]
        decision = self._evaluator.decision(values)
        evaluator, lower = self._evaluator, problem.lower
        response = evaluator.follower.respond(decision, evaluator.deadline())
        if response.status is SolveStatus.STOPPED:
            return None
        value = float(problem.follower_cost[lower] @ values[lower])
        optimal = response.status is SolveStatus.OPTIMAL and (
            value <= response.value + _BREACH * max(1.0, abs(response.value))
        )
        # The leader's best point at a decision is a mixed-integer program. It is needed
        # where the node ends here, and elsewhere only now and then, for an incumbent.
        self._proposals += 1
        wanted = (
            optimal or evaluator.best is None or self._proposals % _EVALUATE_EVERY == 0
        )
        if wanted and evaluator.evaluate(decision).status is SolveStatus.STOPPED:
            return None
        if optimal:
            return self._if_rounding_matters(values)
        worst, chosen = 0.0, None
        for multiplier, constraint in self._constraints:
            price = float(values[multiplier])
            slack = constraint.slack(problem, values)
            if not constraint.sign or price <= _BREACH or slack <= _BREACH:
                continue
            if price * slack > worst:
                worst, chosen = price * slack, (multiplier, constraint)
        if chosen is None:
            # The node is optimal but for rounding.
            if evaluator.evaluate(decision).status is SolveStatus.STOPPED:
                return None
            return self._if_rounding_matters(values)
        multiplier, constraint = chosen
        return [_Branching(multiplier, -1, 0.0, 0.0), _tight(constraint)]

    def _if_rounding_matters(self, values: Floats) -> list[_Branching]:
        """Return branchings on an integer column whose rounding breaks a row, if any.

        A fraction of 1e-8 of an integer counts for nothing, unless its coefficient in a row
        is 1e8 times as large as the others: then the rounded point may break that row.
        """
        problem = self._problem
        point = values[: problem.columns]
        off = np.where(problem.integer, point - np.rint(point), 0.0)
        if not off.any():
            return []
        rounded = point - off
        activity = problem.matrix @ rounded
        breach = np.maximum(problem.row_lower - activity, activity - problem.row_upper)
        breach -= _BREACH * np.maximum(1.0, abs(problem.matrix) @ np.abs(rounded))
        if breach.max(initial=0.0) <= 0.0:
            return []
        columns, coefficients = csr_row(problem.matrix, int(breach.argmax()))
        moved = np.abs(coefficients * off[columns])
        if not moved.any():
            return []
        j = int(columns[moved.argmax()])
        whole = float(rounded[j])
        return [
            _Branching(j, -1, -np.inf, whole - 1.0),
            _Branching(j, -1, whole, whole),
            _Branching(j, -1, whole + 1.0, np.inf),
        ]


def _tight(constraint: FollowerConstraint) -> _Branching:
    """Return the branching that makes a constraint an equation."""
    side = constraint.right if constraint.sign > 0 else -constraint.right
    return _Branching(constraint.column, constraint.row, side, side)
