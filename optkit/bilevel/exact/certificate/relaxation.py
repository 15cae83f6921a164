"""The linear relaxation of a part of the program, and proofs from its multipliers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

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
from optkit.core.arrays import Floats, Ints

Weights = Mapping[int, Exact]
"""Positive weights by index of the row."""

_DENOMINATORS = (1, 24, 1000, 10**6)
"""Multipliers are rounded to fractions with denominators up to these, in turn."""

_SMALL = 1e-11
"""A multiplier below this share of the largest is rounding."""

_BOX = 1e6
"""Where the relaxation is unbounded, its columns are kept within this."""


NO_GOAL = Row({}, -math.inf, True)
"""In the place of the row for the goal, where nothing is claimed of it."""


class _Bounds:
    """Bounds of columns, and which row each is from.

    Parameters
    ----------
    low, high
        The bounds themselves.
    low_rows, high_rows
        By column: index and coefficient of the row that makes the bound tighter than the
        column's own.
    """

    def __init__(self, bounds: Sequence[tuple[Side, Side]]) -> None:
        self.low = [low for low, _ in bounds]
        self.high = [high for _, high in bounds]
        self.low_rows: dict[int, tuple[int, Exact]] = {}
        self.high_rows: dict[int, tuple[int, Exact]] = {}

    def copy(self) -> _Bounds:
        """Return bounds that can be tightened by themselves."""
        copied = _Bounds(())
        copied.low, copied.high = self.low.copy(), self.high.copy()
        copied.low_rows, copied.high_rows = self.low_rows.copy(), self.high_rows.copy()
        return copied

    def tighten(self, index: int, row: Row) -> None:
        """Tighten the bound of the only column of a row."""
        ((j, a),) = row.form.items()
        assert not isinstance(row.least, float)
        side = plain(Fraction(row.least) / a)
        if a > 0 and side > self.low[j]:
            self.low[j], self.low_rows[j] = side, (index, a)
        elif a < 0 and side < self.high[j]:
            self.high[j], self.high_rows[j] = side, (index, a)


class Relaxations:
    """The linear relaxations of the parts of one program.

    Parameters
    ----------
    program
        The program; its bounds are those of the certificate.
    rows
        The rows of the whole.
    goal
        What is minimised.
    """

    def __init__(self, program: ExactProgram, rows: Sequence[Row], goal: Form) -> None:
        self.program, self.rows, self.goal = program, list(rows), goal
        self.cost = np.zeros(len(program.names))
        for j, a in goal.items():
            self.cost[j] = float(a)
        self.bounds = _Bounds(program.bounds)
        self.indices: list[int] = []
        for index, row in enumerate(self.rows):
            if row.least == -math.inf:
                continue
            if len(row.form) == 1:
                self.bounds.tighten(index, row)
            else:
                self.indices.append(index)
        self.arrays = _arrays([self.rows[i] for i in self.indices])

    def whole(self) -> Relaxation:
        """Return the relaxation of the whole, without a row for the goal."""
        return self.of(NO_GOAL, ())

    def of(self, goal_row: Row, rows: Sequence[Row]) -> Relaxation:
        """Return the relaxation of the part that further rows make.

        Parameters
        ----------
        goal_row
            The row that says that the goal is not reached. It comes before the others.
        rows
            The further rows.
        """
        return Relaxation(self, goal_row, rows)


def _arrays(rows: Sequence[Row]) -> tuple[Floats, Ints, Ints, Floats]:
    """Return coefficients, their columns, lengths of rows, and sides."""
    return (
        np.array([float(a) for row in rows for a in row.form.values()], np.float64),
        np.array([j for row in rows for j in row.form], np.int64),
        np.array([len(row.form) for row in rows], np.int64),
        np.array([float(row.least) for row in rows], np.float64),
    )


class Relaxation:
    """The linear relaxation of a part: bounds of columns, and rows.

    Parameters
    ----------
    whole
        The relaxations of the program.
    goal_row, rows
        As :meth:`Relaxations.of` takes them.
    """

    def __init__(self, whole: Relaxations, goal_row: Row, rows: Sequence[Row]) -> None:
        self._program, self._goal = whole.program, whole.goal
        self._goal_row = len(whole.rows)
        self._rows = [*whole.rows, goal_row, *rows]
        self._bounds = whole.bounds.copy()
        further = []
        for index, row in enumerate(rows, self._goal_row + 1):
            if len(row.form) == 1:
                self._bounds.tighten(index, row)
            else:
                further.append(index)
        self._indices = [*whole.indices, *further]
        base, added = whole.arrays, _arrays([self._rows[i] for i in further])
        values = np.concatenate([base[0], added[0]])
        columns = np.concatenate([base[1], added[1]])
        lengths = np.concatenate([base[2], added[2]])
        self._sides = np.concatenate([base[3], added[3]])
        starts = np.concatenate([[0], np.cumsum(lengths)])
        self._matrix = scipy.sparse.csr_array(
            (values, columns, starts), shape=(len(lengths), len(whole.cost))
        )
        self._cost = whole.cost
        self.low = np.array(self._bounds.low, np.float64)
        self.high = np.array(self._bounds.high, np.float64)

    @cached_property
    def result(self) -> Multipliers:
        """The optimum, with its multipliers."""
        result = self._solve(self.low, self.high)
        if result.status is SolveStatus.UNBOUNDED:
            boxed = self._solve(
                np.maximum(self.low, np.minimum(-_BOX, self.high - _BOX)),
                np.minimum(self.high, np.maximum(_BOX, self.low + _BOX)),
            )
            return Multipliers(SolveStatus.UNBOUNDED, -math.inf, boxed.values)
        return result

    def _solve(self, low: Floats, high: Floats) -> Multipliers:
        none = np.full(len(self._sides), np.inf)
        return solve_with_multipliers(
            self._cost, self._matrix, self._sides, none, low, high
        )

    def refuted(self, last: int) -> dict[int, int] | None:
        """Return the weights by which one of the last rows contradicts the bounds.

        No program is solved for it. None if no row does.
        """
        for index in range(len(self._rows) - last, len(self._rows)):
            completed = self._completed({index: 1})
            if completed is not None:
                return _as_integers(completed)
        return None

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
            sides = [
                s
                for s in (self._bounds.low[j], self._bounds.high[j])
                if not isinstance(s, float)
            ]
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
            for x, low, high in zip(
                point, self._bounds.low, self._bounds.high, strict=True
            )
        )
        if inside and all(value(row.form, point) >= row.least for row in self._rows):
            return point
        return None

    def proof(self) -> dict[int, int] | None:
        """Return weights of rows whose sum the bounds exclude; None if none are found."""
        for weights in self._candidates():
            proof = self._completed(weights)
            if proof is not None:
                return _as_integers(proof)
        return None

    def _candidates(self) -> Iterator[dict[int, Exact]]:
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
            weights[self._goal_row] = 1
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
        bounds = self._bounds
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
            tight = (bounds.high_rows if a > 0 else bounds.low_rows).get(j)
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
        for j, (low, high) in enumerate(
            zip(self._bounds.low, self._bounds.high, strict=True)
        ):
            if low > high:
                own = (
                    (i, row.form[j])
                    for i, row in enumerate(self._rows)
                    if row.form.keys() == {j}
                )
                index, a = (
                    self._bounds.low_rows.get(j)
                    or self._bounds.high_rows.get(j)
                    or next(own)
                )
                return {index: abs(Fraction(1) / a)}
        return None


def _as_integers(weights: Weights) -> dict[int, int]:
    """Return weights times their common denominator."""
    scale = math.lcm(*(Fraction(w).denominator for w in weights.values()))
    whole = {index: int(w * scale) for index, w in weights.items() if w}
    divisor = math.gcd(*whole.values())
    return {index: w // divisor for index, w in whole.items()}
