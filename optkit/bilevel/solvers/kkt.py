"""Branching on complementarity: the follower's optimality conditions, without big-M."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optkit.backends.incremental import Program, State
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.kkt_conditions import Side, sides
from optkit.bilevel.problem.problem_data import Problem
from optkit.bilevel.solvers.base import BilevelSolver
from optkit.core.arrays import Floats
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Outcome

SOURCE = "linear relaxations of the optimality conditions, branched on"

_FRACTION = 1e-7
"""Distance from the nearest integer at which a column is branched on."""

_BREACH = 1e-9
"""Multiplier and slack above which a pair counts as not complementary."""


@dataclass(frozen=True)
class _Step:
    """One branching decision: new bounds of a column, or a row made an equation."""

    column: int
    row: int
    low: float
    high: float


_Node = tuple[float, int, tuple[_Step, ...]]


@register
class Kkt(BilevelSolver):
    """Replace the follower's linear program by its optimality conditions, and branch."""

    name: ClassVar[str] = "kkt"
    reference: ClassVar[str] = (
        "Bard and Moore, SIAM J. Sci. Stat. Comput. 11 (1990): branching on complementarity"
    )

    def takes(self, problem: Problem) -> Availability:
        """Take followers that solve a linear program; linking columns may be continuous."""
        if not problem.follower_is_linear:
            return Availability(
                False,
                "the follower has integer columns, so multipliers do not tell its optima",
            )
        return Availability()

    def solve_problem(
        self, problem: Problem, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Branch, best bound first, until no node is left."""
        tree = _Tree(problem, evaluator)
        run.model_built()
        heap: list[_Node] = [(-np.inf, 0, ())]
        numbers = itertools.count(1)
        nodes = 0
        while heap and not evaluator.should_stop():
            bound, _, steps = heap[0]
            if np.isfinite(bound) and evaluator.prove(bound, SOURCE):
                return Outcome(Reason.PROVED, f"{nodes} nodes")
            found = tree.solve(steps)
            if found.state is State.STOPPED:
                break
            heapq.heappop(heap)
            nodes += 1
            if found.state is State.UNBOUNDED:
                return Outcome(
                    Reason.CONVERGED,
                    "the leader's objective is unbounded on the relaxation; bound the"
                    " columns",
                )
            if found.state is State.INFEASIBLE or evaluator.ruled_out(found.bound):
                continue
            for step in tree.branches(found.values):
                child = (found.bound, next(numbers), (*steps, step))
                heapq.heappush(heap, child)
            if nodes % 50 == 0:
                run.progress(f"{nodes} nodes, {len(heap)} open")
        if heap:
            return Outcome(evaluator.stopped(), f"{nodes} nodes, {len(heap)} open")
        if run.objective is None:
            return Outcome(Reason.PROVED, f"{nodes} nodes", infeasible=True)
        run.prove(run.objective, SOURCE)
        return Outcome(Reason.PROVED, f"{nodes} nodes")


@dataclass(frozen=True, eq=False)
class _Found:
    """What a node's linear program says."""

    state: State
    bound: float
    values: Floats


class _Tree:
    """The linear program that all nodes share, and their branching."""

    def __init__(self, problem: Problem, evaluator: Evaluator) -> None:
        self._problem, self._evaluator = problem, evaluator
        self._program = Program(
            problem.matrix,
            problem.row_lower,
            problem.row_upper,
            problem.column_lower,
            problem.column_upper,
            np.zeros(problem.columns, dtype=np.bool_),
            problem.cost,
        )
        self._sides: list[tuple[int, Side]] = []
        stationarity: list[tuple[list[int], list[float]]] = [
            ([], []) for _ in problem.lower
        ]
        for side in sides(problem):
            column = self._program.add_column(
                -np.inf if side.sign == 0 else 0.0, np.inf, False
            )
            self._sides.append((column, side))
            for place, value in zip(side.lower.tolist(), side.b.tolist(), strict=True):
                stationarity[place][0].append(column)
                stationarity[place][1].append(value)
        for place, (columns, values) in enumerate(stationarity):
            right = -float(problem.follower_cost[problem.lower[place]])
            self._program.add_row(
                right, right, np.array(columns, dtype=np.int64), np.array(values)
            )

    def solve(self, steps: tuple[_Step, ...]) -> _Found:
        """Solve a node's linear program."""
        self._apply(steps, undo=False)
        evaluator = self._evaluator
        try:
            answer = self._program.solve(evaluator.should_stop, evaluator.remaining())
        finally:
            self._apply(steps, undo=True)
        if answer.state is not State.OPTIMAL:
            return _Found(answer.state, -np.inf, np.zeros(0))
        assert answer.values is not None
        assert answer.bound is not None
        return _Found(State.OPTIMAL, answer.bound + self._problem.offset, answer.values)

    def _apply(self, steps: tuple[_Step, ...], undo: bool) -> None:
        """Narrow bounds and sides as the steps say, or put them back."""
        columns: dict[int, tuple[float, float]] = {}
        rows: dict[int, tuple[float, float]] = {}
        for step in steps:
            known = columns if step.row < 0 else rows
            key = step.column if step.row < 0 else step.row
            low, high = known.get(key) or self._original(step)
            if not undo:
                low, high = max(low, step.low), min(high, step.high)
            known[key] = (low, high)
        for known, change in (
            (columns, self._program.set_column_bounds),
            (rows, self._program.set_row_sides),
        ):
            both = np.array(list(known.values())).reshape(-1, 2)
            change(
                np.array(list(known), dtype=np.int64),
                np.ascontiguousarray(both[:, 0]),
                np.ascontiguousarray(both[:, 1]),
            )

    def _original(self, step: _Step) -> tuple[float, float]:
        problem = self._problem
        if step.row >= 0:
            return float(problem.row_lower[step.row]), float(
                problem.row_upper[step.row]
            )
        if step.column < problem.columns:
            j = step.column
            return float(problem.column_lower[j]), float(problem.column_upper[j])
        return 0.0, np.inf  # a multiplier

    def branches(self, values: Floats) -> list[_Step]:
        """Return the two ways on from a node's point; none if it is bilevel feasible."""
        problem = self._problem
        integer = np.flatnonzero(problem.integer)
        distance = np.abs(values[integer] - np.rint(values[integer]))
        if len(integer) and distance.max() > _FRACTION:
            j = int(integer[distance.argmax()])
            down, up = np.floor(values[j]), np.ceil(values[j])
            return [
                _Step(j, -1, -np.inf, float(down)),
                _Step(j, -1, float(up), np.inf),
            ]
        decision = self._evaluator.decision(values)
        response = self._evaluator.evaluate(decision)
        if response.state is State.OPTIMAL:
            own = values[problem.lower]
            reached = float(problem.follower_cost[problem.lower] @ own)
            if reached <= response.value + _BREACH * max(1.0, abs(response.value)):
                return []
        worst, pick = 0.0, None
        for column, side in self._sides:
            multiplier, slack = float(values[column]), side.slack(problem, values)
            if not side.sign or multiplier <= _BREACH or slack <= _BREACH:
                continue
            if multiplier * slack > worst:
                worst, pick = multiplier * slack, (column, side)
        if pick is None:
            return []
        column, side = pick
        return [_Step(column, -1, 0.0, 0.0), _tight(side)]


def _tight(side: Side) -> _Step:
    """Return the step that makes a side an equation."""
    value = side.right if side.sign > 0 else -side.right
    return _Step(side.column, side.row, value, value)
