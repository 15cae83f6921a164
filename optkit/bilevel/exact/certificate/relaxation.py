"""The linear relaxation of a part of the program, and proofs from its multipliers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np
import scipy.sparse

from optkit.backends.incremental import SolveStatus
from optkit.backends.multipliers import Multipliers, solve_with_multipliers
from optkit.bilevel.exact.certificate.exact_program import (
    Exact,
    ExactProgram,
    Form,
    Row,
    Side,
    plain,
    value,
)
from optkit.bilevel.exact.certificate.exact_solve import solve
from optkit.core.arrays import Floats

Weights = Mapping[int, Exact]
"""Positive weights by index of the row."""

_DENOMINATORS = (1, 24, 1000, 10**6)
"""Multipliers are rounded to fractions with denominators up to these, in turn."""

_SMALL = 1e-11
"""A multiplier below this share of the largest is rounding."""

_BOX = 1e6
"""Where the relaxation is unbounded, its columns are kept within this."""


class Relaxation:
    """The linear relaxation of a part: bounds of columns, and rows.

    Parameters
    ----------
    program
        The program; its bounds are those of the certificate.
    rows
        The rows of the part.
    goal
        What is minimised.
    """

    def __init__(self, program: ExactProgram, rows: Sequence[Row], goal: Form) -> None:
        self._program, self._rows, self._goal = program, rows, goal
        low = [bounds[0] for bounds in program.bounds]
        high = [bounds[1] for bounds in program.bounds]
        # The row of each bound that is tighter than the column's own, and its coefficient.
        self._low_row: dict[int, tuple[int, Exact]] = {}
        self._high_row: dict[int, tuple[int, Exact]] = {}
        self._indices: list[int] = []
        for index, (form, least, _) in enumerate(rows):
            if least == -math.inf:
                continue
            if len(form) != 1:
                self._indices.append(index)
                continue
            ((j, a),) = form.items()
            side: Side = Fraction(least) / a
            if a > 0 and side > low[j]:
                low[j], self._low_row[j] = side, (index, a)
            elif a < 0 and side < high[j]:
                high[j], self._high_row[j] = side, (index, a)
        self.low, self.high = low, high
        self.result = self._solve(self._goal)

    def _solve(self, goal: Form) -> Multipliers:
        columns = len(self._program.names)
        starts, columns_of, data = [0], [], []
        for index in self._indices:
            form = self._rows[index].form
            columns_of += list(form)
            data += [float(a) for a in form.values()]
            starts.append(len(data))
        matrix = scipy.sparse.csr_array(
            (
                np.array(data, dtype=np.float64),
                np.array(columns_of, dtype=np.int32),
                np.array(starts, dtype=np.int32),
            ),
            shape=(len(self._indices), columns),
        )
        cost = np.zeros(columns)
        for j, a in goal.items():
            cost[j] = float(a)
        sides = np.array([float(self._rows[i].least) for i in self._indices])
        low, high = np.array(self.low, np.float64), np.array(self.high, np.float64)
        none = np.full(len(sides), np.inf)
        result = solve_with_multipliers(cost, matrix, sides, none, low, high)
        if result.status is SolveStatus.UNBOUNDED:
            boxed = solve_with_multipliers(
                cost,
                matrix,
                sides,
                none,
                np.maximum(low, np.minimum(-_BOX, high - _BOX)),
                np.minimum(high, np.maximum(_BOX, low + _BOX)),
            )
            return Multipliers(SolveStatus.UNBOUNDED, -math.inf, boxed.values)
        return result

    @property
    def point(self) -> Floats | None:
        """The optimal point, shape (columns,); None if there is none."""
        return self.result.values

    def exact_point(self) -> list[Exact] | None:
        """Return the vertex of the final basis in fractions; None if it breaks a row."""
        result = self.result
        if (
            result.values is None
            or result.basic_columns is None
            or result.basic_rows is None
        ):
            return None
        known: dict[int, Exact] = {}
        for j in np.flatnonzero(~result.basic_columns).tolist():
            at = float(result.values[j])
            sides = [s for s in (self.low[j], self.high[j]) if not isinstance(s, float)]
            known[j] = min(sides, key=lambda side: abs(float(side) - at), default=0)
        equations = []
        for index, is_basic in zip(self._indices, result.basic_rows, strict=True):
            if not is_basic:
                form, least, _ = self._rows[index]
                assert not isinstance(least, float)
                rest = least - sum(a * known[j] for j, a in form.items() if j in known)
                terms = {j: a for j, a in form.items() if j not in known}
                equations.append((terms, rest))
        solved = solve(equations)
        if solved is None:
            return None
        point = [
            plain(known[j] if j in known else solved.get(j, Fraction(0)))
            for j in range(len(self._program.names))
        ]
        inside = all(
            low <= x <= high
            for x, low, high in zip(point, self.low, self.high, strict=True)
        )
        if inside and all(value(row.form, point) >= row.least for row in self._rows):
            return point
        return None

    def proof(self, goal_row: int, exactly: bool) -> dict[int, int] | None:
        """Return weights of rows whose sum the bounds exclude; None if none are found.

        Parameters
        ----------
        goal_row
            Index of the row that says that the goal is not reached.
        exactly
            Whether to try harder: to solve for the multipliers in fractions.
        """
        for weights in self._candidates(goal_row, exactly):
            proof = self._completed(weights)
            if proof is not None:
                return _as_integers(proof)
        return None

    def _candidates(self, goal_row: int, exactly: bool) -> Iterator[dict[int, Exact]]:
        """Yield weights that may do, without those of bounds of columns."""
        crossed = self._crossed_bounds()
        if crossed is not None:
            yield crossed
            return
        result = self.result
        if result.rows is None or result.status is SolveStatus.UNBOUNDED:
            return
        weights: dict[int, Exact] = {}
        if result.status is SolveStatus.OPTIMAL:
            weights[goal_row] = 1
        multipliers = result.rows
        largest = float(np.abs(multipliers).max(initial=0.0))
        if result.status is SolveStatus.INFEASIBLE and largest > 0.0:
            multipliers = multipliers / largest
            largest = 1.0
        used = [
            (index, float(multiplier))
            for index, multiplier in zip(self._indices, multipliers, strict=True)
            if multiplier > _SMALL * largest
        ]
        for denominator in _DENOMINATORS:
            rounded = {i: Fraction(w).limit_denominator(denominator) for i, w in used}
            yield {**weights, **{i: w for i, w in rounded.items() if w > 0}}
        if exactly:
            exact = self._exact_multipliers()
            if exact is not None:
                yield {**weights, **exact}

    def _exact_multipliers(self) -> dict[int, Fraction] | None:
        """Return the multipliers of the final basis; None if one is negative."""
        result = self.result
        if result.basic_columns is None or result.basic_rows is None:
            return None
        basic = set(np.flatnonzero(result.basic_columns).tolist())
        equations: dict[int, dict[int, Exact]] = {j: {} for j in basic}
        for index, is_basic in zip(self._indices, result.basic_rows, strict=True):
            if not is_basic:
                for j, a in self._rows[index].form.items():
                    if j in basic:
                        equations[j][index] = a
        values = solve(
            [(terms, self._goal.get(j, 0)) for j, terms in equations.items()]
        )
        if values is None or any(value < 0 for value in values.values()):
            return None
        return {index: value for index, value in values.items() if value}

    def _completed(self, weights: Weights) -> dict[int, Exact] | None:
        """Return weights with those of bounds added; None if the sum is not excluded."""
        total: dict[int, Exact] = {}
        least: Side = 0
        strict = False
        for index, weight in weights.items():
            form, side, is_strict = self._rows[index]
            least += weight * side
            strict |= is_strict
            for j, a in form.items():
                total[j] = total.get(j, 0) + weight * a
        completed = dict(weights)
        for j, a in total.items():
            tight = (self._high_row if a > 0 else self._low_row).get(j)
            if a and tight is not None:
                index, b = tight
                weight = Fraction(-a) / b
                completed[index] = completed.get(index, 0) + weight
                least += weight * self._rows[index].least
                strict |= self._rows[index].strict
                total[j] = 0
        form = {j: a for j, a in total.items() if a}
        if self._program.excludes(form, least, strict):
            return completed
        return None

    def _crossed_bounds(self) -> dict[int, Exact] | None:
        """Return the weight of a row that leaves a column no value; None if none does."""
        for j, (low, high) in enumerate(zip(self.low, self.high, strict=True)):
            if low > high:
                own = (
                    (i, row.form[j])
                    for i, row in enumerate(self._rows)
                    if row.form.keys() == {j}
                )
                index, a = self._low_row.get(j) or self._high_row.get(j) or next(own)
                return {index: abs(Fraction(1) / a)}
        return None


def _as_integers(weights: Weights) -> dict[int, int]:
    """Return weights times their common denominator."""
    scale = math.lcm(*(Fraction(w).denominator for w in weights.values()))
    whole = {index: int(w * scale) for index, w in weights.items() if w}
    divisor = math.gcd(*whole.values())
    return {index: w // divisor for index, w in whole.items()}
