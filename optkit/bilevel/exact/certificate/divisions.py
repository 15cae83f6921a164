"""How parts are divided: by columns, or by what the follower could do instead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from optkit.backends.incremental import SolveStatus
from optkit.bilevel.exact.certificate.exact_points import exact_response
from optkit.bilevel.exact.certificate.exact_program import (
    Exact,
    ExactProgram,
    Row,
    Rule,
    exact,
)
from optkit.bilevel.exact.certificate.tree import FRACTION
from optkit.bilevel.problem.follower import Follower
from optkit.bilevel.problem.linking_rows import LinkingRow, linking_rows
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline

_BETTER = 1e-7
"""A response is better than another if it gains this much, relative."""

_KEPT = 200
"""Rules that are remembered, for parts at which they divide nothing off."""


def split(columns: Iterable[int], point: Floats) -> tuple[int, int] | None:
    """Return the most fractional column and the integer below it; None if all are whole."""
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
        self._cuts: list[Rule] = []

    def __call__(self, point: Floats) -> Rule | tuple[int, int] | None:
        """Return how to divide the part whose relaxation has its optimum at a point."""
        for cut in self._cuts:
            if self._cases_at(cut, point) is not None:
                return cut
        chosen = split(self._linking, point)
        if chosen is not None:
            return chosen
        rule = self._response(point)
        if rule is not None:
            return rule
        return split(self._others, point)

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
        if best is not None and fewest <= 1 and len(self._cuts) < _KEPT:
            self._cuts.append(best)
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
        program = self._program
        constants, terms = dict(values), {}
        for row in self._lowering:
            assert row.lowered is not None
            k = int(self._problem.lower[row.lowered[0]])
            bound, j = exact(row.lowered[1]), int(row.indices[0])
            loss = values[k] - bound
            if loss <= 0 or k in terms:
                continue
            low, high = program.bounds[j]
            start = low if row.a[0] > 0 else high
            assert not isinstance(start, float)
            slope = -loss if row.a[0] > 0 else loss
            constants[k] = values[k] - slope * start
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
