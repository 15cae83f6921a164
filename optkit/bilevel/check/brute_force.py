"""The optimum of a tiny instance by enumeration.

It shares no code with the solvers. Integer columns are enumerated; for continuous ones
HiGHS solves linear programs without integers. The definition is followed to the letter:
first the follower's optimum for every decision, then the leader's best among the points
that reach it.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from optkit.bilevel.instance import BilevelInstance, Objective
from optkit.core.arrays import Bools, Floats, Ints

MOST_POINTS = 300_000
"""Most assignments of the integer columns that are enumerated."""

_SLACK = 1e-9


def brute_force(instance: BilevelInstance) -> float | None:
    """Return the leader's optimum, minimised; None if there is no bilevel feasible point.

    Parameters
    ----------
    instance
        A bounded instance without continuous linking columns. If it is pessimistic, all
        upper columns are integer.

    Raises
    ------
    ValueError
        If there are more than ``MOST_POINTS`` assignments, or continuous upper columns in
        a pessimistic instance.
    """
    arrays = _Arrays(instance)
    integer = np.flatnonzero(arrays.integer)
    values = [
        np.arange(math.ceil(arrays.low[j]), math.floor(arrays.high[j]) + 1.0)
        for j in integer
    ]
    count = math.prod(len(choice) for choice in values)
    if count > MOST_POINTS:
        raise ValueError(f"{instance.name}: too many points to look at")
    points = np.array(list(itertools.product(*values)), dtype=np.float64).reshape(
        count, len(integer)
    )
    if not count:
        return None
    full = np.zeros((len(points), len(arrays.low)))
    full[:, integer] = points
    if arrays.integer.all():
        return arrays.integer_optimum(full)
    return arrays.mixed_optimum(full)


class _Arrays:
    """Dense arrays of an instance, both objectives to be minimised."""

    def __init__(self, instance: BilevelInstance) -> None:
        column_index = {column.id: j for j, column in enumerate(instance.columns)}
        self.low = _bounds([c.lower for c in instance.columns], -math.inf)
        self.high = _bounds([c.upper for c in instance.columns], math.inf)
        self.integer = np.array([c.integer for c in instance.columns], dtype=np.bool_)
        self.lower = np.array(
            [c.level == "lower" for c in instance.columns], dtype=np.bool_
        )
        self.matrix = np.zeros((len(instance.rows), len(column_index)))
        for i, row in enumerate(instance.rows):
            for name, value in row.coefficients.items():
                self.matrix[i, column_index[name]] = value
        self.row_low = _bounds([r.lower for r in instance.rows], -math.inf)
        self.row_high = _bounds([r.upper for r in instance.rows], math.inf)
        self.lower_row = np.array(
            [r.level == "lower" for r in instance.rows], dtype=np.bool_
        )
        self.cost, self.constant = _cost(instance.upper_objective, column_index)
        self.follower, _ = _cost(instance.lower_objective, column_index)
        self.follower = np.where(self.lower, self.follower, 0.0)
        self.pessimistic = instance.ties == "pessimistic"

    def integer_optimum(self, points: Floats) -> float | None:
        """Return the optimum where every column is integer."""
        activity = points @ self.matrix.T
        satisfied = (activity >= self.row_low - _SLACK) & (
            activity <= self.row_high + _SLACK
        )
        keeps_lower = satisfied[:, self.lower_row].all(axis=1)
        points = points[keeps_lower]
        keeps_all: Bools = np.array(satisfied[keeps_lower].all(axis=1), np.bool_)
        if not len(points):
            return None
        value = points @ self.follower
        _, decision = np.unique(points[:, ~self.lower], axis=0, return_inverse=True)
        decision = decision.reshape(-1)
        least = np.full(decision.max() + 1, math.inf)
        np.minimum.at(least, decision, value)
        best = least[decision]
        optimal = value <= best + _SLACK * np.maximum(1, abs(best))
        if self.pessimistic:
            return self._least_of_worst(points, decision, optimal, keeps_all)
        optimal &= keeps_all
        if not optimal.any():
            return None
        return float((points[optimal] @ self.cost).min()) + self.constant

    def _least_of_worst(
        self, points: Floats, decision: Ints, optimal: Bools, keeps_all: Bools
    ) -> float | None:
        """Return the least, over the decisions, of the worst of the optimal responses."""
        cost = np.where(keeps_all, points @ self.cost, math.inf)[optimal]
        worst = np.full(decision.max() + 1, -math.inf)
        np.maximum.at(worst, decision[optimal], cost)
        least = float(worst.min())
        return least + self.constant if math.isfinite(least) else None

    def mixed_optimum(self, points: Floats) -> float | None:
        """Return the optimum where some columns are continuous."""
        upper_integer = self.integer & ~self.lower
        lower_integer = self.integer & self.lower
        decisions = np.unique(points[:, upper_integer], axis=0)
        responses = np.unique(points[:, lower_integer], axis=0)
        best: float | None = None
        for decision in decisions:
            fixed = np.full(len(self.low), math.nan)
            fixed[upper_integer] = decision
            values = []
            for response in responses:
                fixed[lower_integer] = response
                values.append(self._follower(fixed))
            reached = min((v for v in values if v is not None), default=None)
            if reached is None:
                continue
            if self.pessimistic:
                worst = self._worst(fixed, responses, values, reached)
                if worst is not None and (best is None or worst < best):
                    best = worst
                continue
            for response, value in zip(responses, values, strict=True):
                if value is None or value > reached + _SLACK * max(1.0, abs(reached)):
                    continue
                fixed[lower_integer] = response
                objective = self._leader(fixed, reached)
                if objective is not None and (best is None or objective < best):
                    best = objective
        return None if best is None else best + self.constant

    def _follower(self, fixed: Floats) -> float | None:
        """Return the follower's optimum with its integers fixed too."""
        # Continuous columns of the leader do not appear in the follower's rows.
        own = np.isnan(fixed) & self.lower
        values = np.where(np.isnan(fixed), 0.0, fixed)
        return self._least(self.follower, own, values, self.lower_row)

    def _leader(self, fixed: Floats, reached: float) -> float | None:
        """Return the leader's best objective while the follower's value is ``reached``."""
        values = np.where(np.isnan(fixed), 0.0, fixed)
        every = np.ones(len(self.lower_row), dtype=np.bool_)
        right = reached - float(self.follower @ values)
        right += 1e-14 * abs(reached)
        return self._least(
            self.cost, np.isnan(fixed), values, every, (self.follower, right)
        )

    def _worst(
        self,
        fixed: Floats,
        responses: Floats,
        values: list[float | None],
        reached: float,
    ) -> float | None:
        """Return the worst objective of the optimal responses; None if one breaks a row."""
        if np.isnan(fixed[~self.lower]).any():
            raise ValueError("a pessimistic instance has continuous upper columns")
        worst = -math.inf
        for response, value in zip(responses, values, strict=True):
            if value is None or value > reached + _SLACK * max(1.0, abs(reached)):
                continue
            fixed[self.integer & self.lower] = response
            for i in np.flatnonzero(~self.lower_row):
                most = self._most(fixed, self.matrix[i], reached)
                least = -self._most(fixed, -self.matrix[i], reached)
                if least < self.row_low[i] - 1e-7 or most > self.row_high[i] + 1e-7:
                    return None
            worst = max(worst, self._most(fixed, self.cost, reached))
        return worst

    def _most(self, fixed: Floats, function: Floats, reached: float) -> float:
        """Return the largest value of a function over the optimal continuous parts."""
        values = np.where(np.isnan(fixed), 0.0, fixed)
        right = reached - float(self.follower @ values) + _SLACK
        least = self._least(
            -function, np.isnan(fixed), values, self.lower_row, (self.follower, right)
        )
        assert least is not None, "the point that reached it is there"
        return -least

    def _least(
        self,
        cost: Floats,
        free: Bools,
        values: Floats,
        rows: Bools,
        extra: tuple[Floats, float] | None = None,
    ) -> float | None:
        at = self.matrix[rows] @ values
        a, low, high = (
            self.matrix[rows],
            self.row_low[rows] - at,
            self.row_high[rows] - at,
        )
        blank = np.abs(a[:, free]).sum(axis=1) == 0.0
        size = _SLACK * np.maximum(1.0, np.abs(self.matrix[rows]) @ np.abs(values))
        if ((low > size) | (high < -size))[blank].any():
            return None
        base = float(cost @ values)
        if not free.any():
            return None if extra is not None and extra[1] < -_SLACK else base
        a, low, high = a[~blank][:, free], low[~blank], high[~blank]
        if extra is not None:
            a = np.vstack([a, extra[0][None, free]])
            low, high = np.append(low, -math.inf), np.append(high, extra[1])
        least = _linear_program(
            cost[free], a, low, high, self.low[free], self.high[free]
        )
        return None if least is None else base + least


def _linear_program(
    cost: Floats,
    matrix: Floats,
    row_low: Floats,
    row_high: Floats,
    low: Floats,
    high: Floats,
) -> float | None:
    """Return the least value of a small linear program; None if it has no point."""
    import highspy

    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    h.setOptionValue("presolve", "off")
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        h.setOptionValue(name, 1e-9)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(matrix)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, low, high
    lp.row_lower_, lp.row_upper_ = row_low, row_high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = len(cost), len(matrix)
    lp.a_matrix_.start_ = np.arange(len(matrix) + 1) * len(cost)
    lp.a_matrix_.index_ = np.tile(np.arange(len(cost)), len(matrix))
    lp.a_matrix_.value_ = matrix.reshape(-1)
    h.passModel(lp)
    h.run()
    if h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    point = np.array(h.getSolution().col_value)
    return float(cost @ np.clip(point, low, high))


def _bounds(values: list[float | None], missing: float) -> Floats:
    return np.array([missing if v is None else v for v in values], dtype=np.float64)


def _cost(objective: Objective, column_index: dict[str, int]) -> tuple[Floats, float]:
    sign = -1.0 if objective.sense == "max" else 1.0
    cost = np.zeros(len(column_index))
    for name, value in objective.coefficients.items():
        cost[column_index[name]] = sign * value
    return cost, sign * objective.constant
