"""The high-point relaxation, strengthened by value-function cuts.

The relaxation keeps every row and forgets that the follower optimises. A cut reminds it,
for one point y* of the follower:

    d y <= d y*,  or some lower row rules y* out at x.

Source: Mitsos, J. Global Optim. 47 (2010); Lozano and Smith, Oper. Res. 65 (2017).
``docs/bilevel.md`` has the proofs, those of the sharper coefficients included.
"""

from __future__ import annotations

import math

import numpy as np

from optkit.backends.incremental import Answer, Program, State, Stop
from optkit.bilevel.bounds.bound_tightening import Probe
from optkit.bilevel.problem.indicators import Literal, Literals, step
from optkit.bilevel.problem.linking_rows import LinkingSide, linking_sides
from optkit.bilevel.problem.problem_data import Problem
from optkit.core.arrays import Floats


class Relaxation:
    """The high-point relaxation with cuts.

    Parameters
    ----------
    problem
        The bilevel program, with integer linking columns.
    stop
        Ends the preparatory solves.

    Raises
    ------
    UnboundedError
        If a linking column, or the follower's objective, is unbounded on the relaxation.
    StoppedError
        If ``stop`` said so.
    """

    def __init__(self, problem: Problem, stop: Stop | None = None) -> None:
        self.problem = problem
        self.program = Program(
            problem.matrix,
            problem.row_lower,
            problem.row_upper,
            problem.column_lower,
            problem.column_upper,
            problem.integer,
            problem.cost,
        )
        every = np.arange(problem.columns)
        self._goal = self.program.add_row(-np.inf, np.inf, every, problem.cost)
        self._better = improvement(problem)
        self._cost = problem.follower_cost[problem.lower]
        self._sides = linking_sides(problem)
        self._probe = Probe(problem, self._sides, stop)
        self.low, self.high = self._probe.linking_bounds()
        self.infeasible = self._probe.infeasible or self._probe.most() == -math.inf
        self.literals = Literals(self.program, self.low, self.high)
        self._digits: dict[int, list[tuple[float, int]]] = {}
        active = self._cost != 0.0
        self._whole = bool(
            (self._cost == np.rint(self._cost)).all()
            and problem.integer[problem.lower][active].all()
        )

    def solve(
        self,
        stop: Stop,
        seconds: float,
        start: Floats | None = None,
    ) -> Answer:
        """Solve the relaxation; its points are those of the problem's columns."""
        if self.infeasible:
            return Answer(State.INFEASIBLE, None, None)
        extended = None
        if start is not None:
            self._demand(start)
            if self._better is None:
                extended = self.literals.extend(start)
        answer = self.program.solve(stop, seconds, extended, collect=True)
        count = self.problem.columns
        bound = answer.bound
        return Answer(
            answer.state,
            None if answer.values is None else answer.values[:count],
            None if bound is None else bound + self.problem.offset,
            tuple(point[:count] for point in answer.points),
        )

    def _demand(self, incumbent: Floats) -> None:
        """Leave out what is no better than the incumbent.

        Where the leader's objective moves in steps, the incumbent itself goes too; the
        relaxation then has no point once nothing better is left.
        """
        value = float(self.problem.cost @ incumbent)
        if self._better is None:
            limit = value + 1e-9 * max(1.0, abs(value))
        else:
            limit = value - 0.5 * self._better
        self.program.set_row_sides(
            np.array([self._goal]), np.array([-np.inf]), np.array([limit])
        )
        self._probe.demand(limit)

    def cut(self, response: Floats, value: float) -> None:
        """Add the value-function cut of one point of the follower.

        Parameters
        ----------
        response
            The point y*, shape (lower columns,); it keeps its bounds, and every lower row
            that has no linking column.
        value
            Its objective d y*.

        Raises
        ------
        UnboundedError
            If the follower's objective is unbounded on the relaxation.
        """
        lower = self.problem.lower
        most = self._probe.most()
        prices: dict[Literal, float] = {}
        for number, side in enumerate(self._sides):
            threshold = side.ruling_out(response)
            literal = self.literals.at_least(side.indices, side.a, threshold)
            if literal is True:
                return  # y* is ruled out whatever the leader does
            if literal is False:
                continue
            price = self._loss(side, response)
            if price is None:
                reach = self._reach(number, threshold)
                if reach == -math.inf:
                    continue  # no point worth having has y* ruled out by this row
                price = max(0.0, reach - value)
            # One column may switch off several: what is lost adds up.
            prices[literal] = prices.get(literal, 0.0) + price
        right = value if self._whole else value + 1e-9 * max(1.0, abs(value))
        indices, values = lower.tolist(), self._cost.tolist()
        for literal, price in prices.items():
            price = min(price, max(0.0, most - value))
            indices.append(literal.column)
            values.append(-price * literal.scale)
            right += price * literal.offset
        self.program.add_row(-np.inf, right, np.array(indices), np.array(values))

    def _loss(self, side: LinkingSide, response: Floats) -> float | None:
        """Return what the follower loses where the side only lowers one column."""
        if side.dropped is None:
            return None
        place, held = side.dropped
        lost = response[place] - min(held, response[place])
        return max(0.0, float(-self._cost[place] * lost))

    def _reach(self, side: int, threshold: float) -> float:
        """Return the most of the follower's objective where a side rules y* out."""
        most = self._probe.most(side, threshold)
        if self._whole and math.isfinite(most):
            return math.floor(most + 1e-6)
        return most

    def digits(self, j: int) -> list[tuple[float, int]]:
        """Return binary columns whose weighted sum is a linking column less its bound.

        Parameters
        ----------
        j
            The linking column.

        Returns
        -------
        list of (float, int)
            Weights and columns; a column with two values is its own digit.
        """
        if j not in self._digits:
            low, width = float(self.low[j]), int(self.high[j] - self.low[j])
            if width == 0:
                self._digits[j] = []
            elif width == 1 and low == 0.0:
                self._digits[j] = [(1.0, j)]
            else:
                found = [
                    (2.0**k, self.program.add_column(0.0, 1.0, True))
                    for k in range(width.bit_length())
                ]
                columns = np.array([j, *(column for _, column in found)])
                weights = np.array([1.0, *(-weight for weight, _ in found)])
                self.program.add_row(low, low, columns, weights)
                self._digits[j] = found
        return self._digits[j]

    def exclude(self, decision: Floats) -> None:
        """Cut off one assignment of the linking columns.

        Parameters
        ----------
        decision
            The leader's columns, shape (upper columns,).
        """
        place = np.searchsorted(self.problem.upper, self.problem.linking)
        indices: list[int] = []
        values: list[float] = []
        right = 1.0
        for j, value in zip(self.problem.linking, decision[place], strict=True):
            for sign in (1.0, -1.0):
                literal = self.literals.at_least(
                    np.array([j]), np.array([sign]), sign * float(value) + 1.0
                )
                if isinstance(literal, Literal):
                    indices.append(literal.column)
                    values.append(literal.scale)
                    right -= literal.offset
        self.program.add_row(right, np.inf, np.array(indices), np.array(values))


def improvement(problem: Problem) -> float | None:
    """Return the least by which two values of the leader's objective can differ.

    Returns
    -------
    float or None
        None if there is no such step, or it is too fine.
    """
    active = problem.cost != 0.0
    if not active.any() or not problem.integer[active].all():
        return None
    return step(problem.cost[active])
