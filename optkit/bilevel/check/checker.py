"""The independent checker of bilevel solutions.

Rows, bounds and objectives are recomputed term by term from the instance, and the
follower's problem is solved again at the leader's decision, by a program that is built
here from the instance's rows. No code or data of the solvers is used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from optkit.bilevel.instance import BilevelInstance, Column, Objective, Row
from optkit.bilevel.solution import BilevelSolution
from optkit.core.errors import OptkitError
from optkit.core.solving.result import Verification, Violation

TOLERANCE = 1e-6
"""Largest breach of a row, a bound, the follower's optimality or its stated value that is
accepted. It is relative: to the side, the sum of the terms' magnitudes, or the largest
coefficient, whichever is largest. So no answer depends on the unit of a row."""

ROUNDING = 1e-15
"""An objective that is less than this share of its terms' magnitudes is zero."""

INTEGRALITY = 1e-6
"""Largest distance from the nearest integer that is accepted."""


def check(instance: BilevelInstance, solution: BilevelSolution) -> Verification:
    """Check a solution of a bilevel instance.

    Parameters
    ----------
    instance
        The instance.
    solution
        The solution. It has to be optimal for the follower, and in a pessimistic instance
        the worst such response; whether it is optimal for the leader is not checked.

    Returns
    -------
    Verification
        The objective is the leader's, minimised: negated where the instance maximises.
        The metrics hold both objectives in their own senses, and the follower's optimum
        as computed here.
    """
    wrong_names = tuple(_names(instance, solution))
    if wrong_names:
        return Verification(False, None, wrong_names)
    values = {**solution.upper, **solution.lower}
    units = _units(instance)
    violations = [*_columns(instance, values, units), *_rows(instance, values, units)]
    follower = _value(instance.lower_objective, values)
    leader = _value(instance.upper_objective, values)
    objective = instance.lower_objective
    scale = _size(objective, values) + abs(objective.constant)
    scale = max(scale, _largest(objective, units))
    if abs(solution.follower_value - follower) > TOLERANCE * scale:
        violations.append(
            Violation(
                "follower-value",
                "follower_value",
                f"{solution.follower_value!r} is claimed, {follower!r} is recomputed",
            )
        )
    metrics: dict[str, Any] = {"upper_objective": leader, "lower_objective": follower}
    if not violations:
        violations += _optimality(instance, values, units, follower, metrics)
    if not violations and instance.ties == "pessimistic":
        violations += _worst_responses(instance, values, units, leader)
    sign = -1.0 if instance.upper_objective.sense == "max" else 1.0
    return Verification(not violations, sign * leader + 0.0, tuple(violations), metrics)


def _names(instance: BilevelInstance, solution: BilevelSolution) -> Iterator[Violation]:
    """Yield columns that are missing, unknown, or on the wrong level."""
    level = {column.id: column.level for column in instance.columns}
    parts = {"upper": solution.upper, "lower": solution.lower}
    for column in instance.columns:
        if column.id not in parts[column.level]:
            yield Violation(
                "missing", f"{column.level}.{column.id}", "this column has no value"
            )
    for part, values in parts.items():
        for name in values:
            if name not in level:
                yield Violation(
                    "unknown", f"{part}.{name}", "the instance has no such column"
                )
            elif level[name] != part:
                yield Violation(
                    "level",
                    f"{part}.{name}",
                    f"the column belongs to the {level[name]} level",
                )


def _units(instance: BilevelInstance) -> dict[str, float]:
    """Return a size of differences that matter, of each column.

    It is 1 for integer columns, and for continuous ones of ordinary size. Where a
    continuous column's coefficients differ from those of the integer columns in its rows by
    many magnitudes, it is the value that brings them together; and never more than its
    bounds allow.
    """
    whole = {column.id for column in instance.columns if column.integer}
    shares: dict[str, float] = {}
    parts: list[Row | Objective] = [*instance.rows]
    for part in (*parts, instance.upper_objective, instance.lower_objective):
        sizes = {name: abs(a) for name, a in part.coefficients.items() if a}
        if not whole.isdisjoint(sizes):
            largest = max(sizes.values())
            for name, size in sizes.items():
                shares[name] = max(shares.get(name, 0.0), size / largest)
    units = {}
    for column in instance.columns:
        bounds = [abs(b) for b in (column.lower, column.upper) if b is not None]
        most = max(bounds) if len(bounds) == 2 and any(bounds) else math.inf
        unit = min(_near(1.0 / shares.get(column.id, 1.0)), most)
        units[column.id] = 1.0 if column.integer else unit
    return units


def _largest(part: Row | Objective, units: Mapping[str, float]) -> float:
    """Return the largest coefficient, each measured in its column's unit."""
    return max(
        (abs(a) * units[name] for name, a in part.coefficients.items()), default=0.0
    )


def _size(part: Row | Objective, values: Mapping[str, float]) -> float:
    return math.fsum(abs(a * values[name]) for name, a in part.coefficients.items())


def _columns(
    instance: BilevelInstance, values: Mapping[str, float], units: Mapping[str, float]
) -> Iterator[Violation]:
    for column in instance.columns:
        value = values[column.id]
        path = f"{column.level}.{column.id}"
        if column.integer and abs(value - round(value)) > INTEGRALITY:
            yield Violation("integrality", path, f"{value!r} is not an integer")
        for side, word in _breaches(
            value, column.lower, column.upper, max(abs(value), units[column.id])
        ):
            yield Violation("bound", path, f"{value!r} is {word} its bound {side!r}")


def _rows(
    instance: BilevelInstance, values: Mapping[str, float], units: Mapping[str, float]
) -> Iterator[Violation]:
    for row in instance.rows:
        activity = math.fsum(a * values[name] for name, a in row.coefficients.items())
        size = max(_size(row, values), _largest(row, units))
        for side, word in _breaches(activity, row.lower, row.upper, size):
            yield Violation(
                f"{row.level}-row", f"rows.{row.id}", f"{activity!r} is {word} {side!r}"
            )


def _breaches(
    value: float, low: float | None, high: float | None, size: float
) -> Iterator[tuple[float, str]]:
    if low is not None and value < low - TOLERANCE * max(abs(low), size):
        yield low, "below"
    if high is not None and value > high + TOLERANCE * max(abs(high), size):
        yield high, "above"


def _value(objective: Objective, values: Mapping[str, float]) -> float:
    terms = [a * values[name] for name, a in objective.coefficients.items()]
    total = math.fsum([*terms, objective.constant])
    size = math.fsum(map(abs, [*terms, objective.constant]))
    # Terms that cancel leave the rounding of each, which depends on the unit.
    return total if abs(total) > ROUNDING * size else 0.0


def _optimality(
    instance: BilevelInstance,
    values: Mapping[str, float],
    units: Mapping[str, float],
    follower: float,
    metrics: dict[str, Any],
) -> Iterator[Violation]:
    """Yield a violation if the follower could do better at this decision."""
    best = follower_optimum(instance, values)
    if best is None:
        yield Violation(
            "follower-optimality",
            "lower",
            "the follower's problem is unbounded at this decision, so no response to it is"
            " optimal",
        )
        return
    metrics["follower_optimum"] = best
    objective = instance.lower_objective
    sign = -1.0 if objective.sense == "max" else 1.0
    own = {c.id: units[c.id] for c in instance.columns if c.level == "lower"}
    of_follower = {k: a for k, a in objective.coefficients.items() if k in own}
    scale = _largest(objective.model_copy(update={"coefficients": of_follower}), own)
    if sign * (follower - best) > TOLERANCE * max(abs(best), scale):
        yield Violation(
            "follower-optimality",
            "lower",
            f"the follower's objective is {follower!r}, and {best!r} is possible",
        )


def _worst_responses(
    instance: BilevelInstance,
    values: Mapping[str, float],
    units: Mapping[str, float],
    leader: float,
) -> Iterator[Violation]:
    """Yield what an optimal response of the follower could do to the leader.

    Parameters
    ----------
    instance
        A pessimistic instance.
    values
        Values of all columns; the follower's are optimal for it.
    units
        Units of the columns.
    leader
        The leader's objective there, in its own sense.
    """
    lower = [column for column in instance.columns if column.level == "lower"]
    if not lower:
        return
    names = {column.id for column in lower}
    decision = _decision(instance, values)
    rows = [row for row in instance.rows if row.level == "lower"]
    wish = _of(instance.lower_objective, names)
    best = _solve(lower, rows, wish, decision, units)
    assert best is not None, "the follower's optimum has been found before"
    # A response that breaks its rows within the tolerance may be better than the optimum.
    further = max if wish.sense == "min" else min
    reached = further(best, _value(wish, values))
    slack = 1e-9 * max(abs(reached), _largest(wish, units))
    kept = Row(
        id="value",
        level="lower",
        lower=reached - slack if wish.sense == "max" else None,
        upper=reached + slack if wish.sense == "min" else None,
        coefficients=wish.coefficients,
    )
    rows.append(kept)

    def worst(function: Objective) -> float | None:
        return _solve(lower, rows, function, decision, units)

    for row in instance.rows:
        own = {name: a for name, a in row.coefficients.items() if name in names and a}
        if row.level == "lower" or not own:
            continue
        fixed = math.fsum(
            a * decision[name]
            for name, a in row.coefficients.items()
            if name in decision
        )
        size = max(_size(row, values), _largest(row, units))
        for side, sense in ((row.lower, "min"), (row.upper, "max")):
            if side is None:
                continue
            extreme = worst(
                Objective.model_validate({"sense": sense, "coefficients": own})
            )
            activity = math.inf if extreme is None else fixed + extreme
            beyond = side - activity if sense == "min" else activity - side
            if extreme is None or beyond > TOLERANCE * max(abs(side), size):
                yield Violation(
                    "worst-response",
                    f"rows.{row.id}",
                    f"an optimal response of the follower breaks the side {side!r}",
                )
    goal = _of(instance.upper_objective, names)
    if not goal.coefficients:
        return
    sense = "min" if goal.sense == "max" else "max"
    extreme = worst(goal.model_copy(update={"sense": sense}))
    sign = -1.0 if goal.sense == "max" else 1.0
    here = _value(goal, values)
    scale = max(_size(goal, values), _largest(goal, units))
    if extreme is None or sign * (extreme - here) > TOLERANCE * scale:
        found = "without bound" if extreme is None else repr(leader + extreme - here)
        yield Violation(
            "worst-response",
            "lower",
            f"the leader's objective is {leader!r}, and with another optimal response of"
            f" the follower {found}",
        )


def _of(objective: Objective, names: set[str]) -> Objective:
    """Return the part of an objective in some columns, without its constant."""
    part = {
        name: a for name, a in objective.coefficients.items() if name in names and a
    }
    return objective.model_copy(update={"coefficients": part, "constant": 0.0})


def follower_optimum(
    instance: BilevelInstance, values: Mapping[str, float]
) -> float | None:
    """Return the follower's optimal value at a decision, in its own sense.

    Parameters
    ----------
    instance
        The instance.
    values
        Values of at least the upper columns. The follower has a point at this decision.

    Returns
    -------
    float or None
        None if its problem is unbounded.
    """
    decision = _decision(instance, values)
    lower_columns = [column for column in instance.columns if column.level == "lower"]
    rows = [row for row in instance.rows if row.level == "lower"]
    objective = instance.lower_objective
    constant = math.fsum(
        [
            objective.constant,
            *(
                a * decision[name]
                for name, a in objective.coefficients.items()
                if name in decision
            ),
        ]
    )
    if not lower_columns:
        return constant
    best = _solve(lower_columns, rows, objective, decision, _units(instance))
    return None if best is None else best + constant


def _decision(
    instance: BilevelInstance, values: Mapping[str, float]
) -> dict[str, float]:
    """Return the values of the leader's columns, with integer ones rounded."""
    return {
        column.id: float(round(values[column.id]))
        if column.integer
        else values[column.id]
        for column in instance.columns
        if column.level == "upper"
    }


def _solve(
    columns: list[Column],
    rows: list[Row],
    objective: Objective,
    decision: Mapping[str, float],
    units: Mapping[str, float],
) -> float | None:
    """Solve the follower's program by HiGHS, then again with its integers rounded.

    HiGHS' tolerances are absolute. So continuous columns are measured in their own unit,
    and rows and costs are divided by powers of two.

    Returns
    -------
    float or None
        The optimum without the constant; None if it is unbounded.
    """
    import highspy

    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    h.setOptionValue("threads", 1)
    h.setOptionValue("mip_rel_gap", 0.0)
    h.setOptionValue("mip_abs_gap", 0.0)
    for name in (
        "mip_feasibility_tolerance",
        "primal_feasibility_tolerance",
        "dual_feasibility_tolerance",
    ):
        h.setOptionValue(name, 1e-9)
    h.setOptionValue("small_matrix_value", 1e-12)
    infinity = highspy.kHighsInf
    position = {column.id: k for k, column in enumerate(columns)}
    unit = [_near(units[column.id]) for column in columns]
    costs = [
        objective.coefficients.get(column.id, 0.0) * unit[k]
        for k, column in enumerate(columns)
    ]
    cost_unit = _near(max(map(abs, costs), default=0.0))
    for k, column in enumerate(columns):
        low = -infinity if column.lower is None else column.lower / unit[k]
        high = infinity if column.upper is None else column.upper / unit[k]
        if column.integer:
            low, high = (
                _rounded(low, math.ceil, -1e-9),
                _rounded(high, math.floor, 1e-9),
            )
        h.addVar(low, high)
        h.changeColCost(k, costs[k] / cost_unit)
        if column.integer:
            h.changeColIntegrality(k, highspy.HighsVarType.kInteger)
    h.changeObjectiveSense(
        highspy.ObjSense.kMaximize
        if objective.sense == "max"
        else highspy.ObjSense.kMinimize
    )
    for row in rows:
        fixed = math.fsum(
            a * decision[name]
            for name, a in row.coefficients.items()
            if name in decision
        )
        terms = {
            position[name]: a * unit[position[name]]
            for name, a in row.coefficients.items()
            if name in position and a
        }
        sizes = [abs(a) * units[name] for name, a in row.coefficients.items()]
        row_unit = _near(max(sizes, default=0.0))
        h.addRow(
            -infinity if row.lower is None else (row.lower - fixed) / row_unit,
            infinity if row.upper is None else (row.upper - fixed) / row_unit,
            len(terms),
            list(terms),
            [a / row_unit for a in terms.values()],
        )
    h.run()
    status = h.getModelStatus()
    unbounded = highspy.HighsModelStatus.kUnbounded
    either = highspy.HighsModelStatus.kUnboundedOrInfeasible
    if status in (unbounded, either):
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise OptkitError(
            "check: HiGHS ends the follower's problem with"
            f" {h.modelStatusToString(status)}."
        )
    point = list(h.getSolution().col_value)
    if any(column.integer for column in columns):
        point = _with_exact_integers(h, columns, point)
    return math.fsum(cost * value for cost, value in zip(costs, point, strict=True))


def _near(size: float) -> float:
    """Return the power of two that is nearest below a size; 1 for sizes that are near 1."""
    if size == 0.0 or 1e-2 <= size <= 1e4:
        return 1.0
    return math.ldexp(1.0, math.frexp(size)[1] - 1)


def _with_exact_integers(
    h: Any, columns: list[Column], point: list[float]
) -> list[float]:
    """Round and fix integer columns, and solve for the continuous ones again.

    Continuous columns can no longer profit from HiGHS' integrality tolerance then.
    """
    import highspy

    for k, column in enumerate(columns):
        if column.integer:
            whole = float(round(point[k]))
            point[k] = whole
            h.changeColBounds(k, whole, whole)
            h.changeColIntegrality(k, highspy.HighsVarType.kContinuous)
    if all(column.integer for column in columns):
        return point
    h.run()
    if h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise OptkitError(
            "check: the follower's optimum has no continuous part once its integers are"
            " rounded; its coefficients differ too much in size."
        )
    return [
        point[k] if columns[k].integer else value
        for k, value in enumerate(h.getSolution().col_value)
    ]


def _rounded(bound: float, rounding: Any, slack: float) -> float:
    return float(rounding(bound + slack)) if math.isfinite(bound) else bound
