"""How parts are divided: by columns, or by what the follower could do instead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from optkit.backends.incremental import SolveStatus
from optkit.bilevel.exact.branch_and_cut.moving_rows import (
    MovingRows,
    short_directions,
)
from optkit.bilevel.exact.certificate.cuts import RememberedCuts
from optkit.bilevel.exact.certificate.exact_points import exact_response
from optkit.bilevel.exact.certificate.exact_program import (
    Exact,
    ExactProgram,
    Row,
    Rule,
    exact,
)
from optkit.bilevel.exact.certificate.relaxation import Relaxation
from optkit.bilevel.exact.certificate.tree import FRACTION
from optkit.bilevel.problem.follower import Follower, ResponseModel
from optkit.bilevel.problem.linking_rows import LinkingRow, linking_rows
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline

_BETTER = 1e-7
"""A response is better than another if it gains this much, relative. A point violates a row
by this much, if at all."""

_DIRECTIONS = 500
"""Most changes of one or two columns that are looked at."""

_DEPTH = 1e-4
"""Directions that would break a row nearer than this are not looked at."""

_FEW_CASES = 1
"""Rows that a change of the response may break, if it is used before columns are split."""


def split(columns: Iterable[int], relaxation: Relaxation) -> tuple[int, int] | None:
    """Return the most fractional column and the integer below it; None if all are whole."""
    point = relaxation.point
    assert point is not None
    best, chosen = FRACTION, None
    for j in columns:
        distance = abs(point[j] - round(point[j]))
        if distance > best:
            best, chosen = distance, (j, int(np.floor(point[j])))
    return chosen


def _slack(row: Row, point: Floats) -> float:
    """Return what a point has to spare in a row, relative to the row's terms."""
    terms = [float(a) * point[j] for j, a in row.form.items()]
    size = max(1.0, math.fsum(map(abs, terms)))
    return (math.fsum(terms) - float(row.least)) / size


class FollowerDivision:
    """Divides parts of a bilevel program by responses of its follower.

    Parameters
    ----------
    problem, program
        The program, as arrays and in fractions.
    deadline
        Ends the solves of the follower.
    """

    def __init__(
        self, problem: ProblemData, program: ExactProgram, deadline: Deadline
    ) -> None:
        self._problem, self._program = problem, program
        self._deadline = deadline
        self._follower = Follower(problem)
        self._linking = problem.linking.tolist()
        linking = set(self._linking)
        self._others = [j for j in sorted(program.whole) if j not in linking]
        self._lowering: list[LinkingRow] = [
            row for row in linking_rows(problem) if row.lowered is not None
        ]
        self._lowers_only = len(self._lowering) == len(linking_rows(problem)) and (
            len({row.lowered[0] for row in self._lowering if row.lowered})
            == len(self._lowering)
        )
        self._unrestricting = np.zeros(len(problem.upper))
        for row in self._lowering:
            place = np.searchsorted(problem.upper, row.indices[0])
            self._unrestricting[place] = self._start(row)
        self._plans = ResponseModel(problem)
        self._low = np.array([low for low, _ in program.bounds], dtype=np.float64)
        self._high = np.array([high for _, high in program.bounds], dtype=np.float64)
        self._cuts = RememberedCuts(program)
        self._moving = MovingRows(problem)
        self._directions = short_directions(problem, self._moving, _DIRECTIONS)
        self._changes = self._moving.change(self._directions)
        self._changing: dict[int, Rule] = {}

    def __call__(self, relaxation: Relaxation) -> Rule | tuple[int, int] | None:
        """Return how to divide a part."""
        point = relaxation.point
        assert point is not None
        cut = self._cuts.violated(point)
        if cut is not None:
            return cut
        direction = self._improving_direction(relaxation)
        if direction is not None:
            return direction
        chosen = split(self._linking, relaxation)
        if chosen is not None:
            undivided = np.array_equal(relaxation.low, self._low) and np.array_equal(
                relaxation.high, self._high
            )
            return (undivided and self._planned(point)) or chosen
        rule = self._response(point)
        if rule is not None:
            return rule
        return split(self._others, relaxation)

    def _improving_direction(self, relaxation: Relaxation) -> Rule | None:
        """Return a change by which the follower gains, and which breaks few rows."""
        point = relaxation.point
        assert point is not None
        moving = self._moving
        changes = moving.reached(self._changes, relaxation.low, relaxation.high)
        depths = moving.depths(changes, point)
        cases = np.isfinite(changes).sum(axis=1)
        usable = np.flatnonzero((depths > _DEPTH) & (cases <= _FEW_CASES))
        for k in usable[np.lexsort((-depths[usable], cases[usable]))].tolist():
            rule = self._moved(k)
            if self._cases_at(rule, point) is not None:
                return rule
        return None

    def _planned(self, point: Floats) -> Rule | None:
        """Return the plan that is worst for a point, if decisions lower its columns alone.

        Where the decision is half taken, a column counts half.
        """
        problem = self._problem
        if not self._lowers_only:
            return None
        cost = problem.follower_cost[problem.lower].copy()
        decision = self._unrestricting.copy()
        for row in self._lowering:
            assert row.lowered is not None
            j, k = int(row.indices[0]), row.lowered[0]
            cost[k] *= 1.0 - abs(point[j] - self._start(row))
        self._plans.model.set_cost(cost)
        result = self._plans.solve(decision, self._deadline)
        if result.status is not SolveStatus.OPTIMAL or result.values is None:
            return None
        values = self._exact_response(decision, result.values)
        rule = None if values is None else self._lowered(values)
        if rule is None or self._cases_at(rule, point) is None:
            return None
        self._cuts.remember(rule)
        return rule

    def _start(self, row: LinkingRow) -> float:
        """Return the value of the binary column of a row at which it restricts nothing."""
        j = int(row.indices[0])
        problem = self._problem
        return float(
            (problem.column_upper if row.a[0] < 0 else problem.column_lower)[j]
        )

    def _moved(self, direction: int) -> Rule:
        """Return the rule by which the follower changes its response by a direction."""
        if direction not in self._changing:
            change = self._directions[direction]
            lower = self._problem.lower
            constants = {
                int(lower[k]): exact(change[k]) for k in np.flatnonzero(change)
            }
            rule = Rule(constants, {j: {j: 1} for j in constants})
            self._changing[direction] = rule
        return self._changing[direction]

    def _response(self, point: Floats) -> Rule | None:
        """Return the rule with the fewest cases by which the follower gains at a point."""
        problem = self._problem
        decision = point[problem.upper].copy()
        whole = problem.integer[problem.upper]
        decision[whole] = np.rint(decision[whole])
        response = self._follower.respond(decision, self._deadline)
        if response.status is not SolveStatus.OPTIMAL or response.values is None:
            return None
        wish = problem.follower_cost[problem.lower]
        here = float(wish @ point[problem.lower])
        slack = _BETTER * max(1.0, float(np.abs(wish) @ np.abs(point[problem.lower])))
        if here <= response.value + slack:
            return None
        values = self._exact_response(decision, response.values)
        if values is None:
            return None
        best: Rule | None = None
        fewest = math.inf
        for rule in self._rules(point, values):
            cases = self._cases_at(rule, point)
            if cases is not None and cases < fewest:
                best, fewest = rule, cases
        if best is not None:
            self._cuts.remember(best)
        return best

    def _rules(self, point: Floats, values: dict[int, Exact]) -> Iterator[Rule]:
        """Yield rules by which the follower takes some values where it can."""
        yield Rule(values, {})
        lowered = self._lowered(values)
        if lowered is not None:
            yield lowered
        change = {j: v - exact(float(round(point[j]))) for j, v in values.items()}
        on_integers = all(abs(point[j] - round(point[j])) <= FRACTION for j in values)
        if on_integers:
            change = {j: v for j, v in change.items() if v}
            yield Rule(change, {j: {j: 1} for j in change})

    def _lowered(self, values: dict[int, Exact]) -> Rule | None:
        """Return the rule that lowers each column that a binary decision restricts."""
        constants, terms = dict(values), {}
        for row in self._lowering:
            assert row.lowered is not None
            k = int(self._problem.lower[row.lowered[0]])
            bound, j = exact(row.lowered[1]), int(row.indices[0])
            loss = values[k] - bound
            if loss <= 0 or k in terms:
                continue
            slope = -loss if row.a[0] > 0 else loss
            constants[k] = values[k] - slope * exact(self._start(row))
            terms[k] = {j: slope}
        return Rule(constants, terms) if terms else None

    def _cases_at(self, rule: Rule, point: Floats) -> int | None:
        """Return the number of cases of a rule; None if one of them has the point."""
        cases = 0
        for rows in self._program.cases(rule):
            if all(_slack(row, point) > -_BETTER for row in rows):
                return None
            cases += 1
        return cases

    def _exact_response(
        self, decision: Floats, response: Floats
    ) -> dict[int, Exact] | None:
        """Return a response in fractions that keeps the follower's rows exactly."""
        point = np.zeros(len(self._program.names))
        point[self._problem.upper], point[self._problem.lower] = decision, response
        found = exact_response(self._program, point.tolist())
        if found is None:
            return None
        return {j: found[j] for j in self._problem.lower.tolist()}
