"""Tests of the strong-duality solver beyond its agreement with enumeration."""

from __future__ import annotations

import optkit
from optkit.bilevel.data.generate import generate
from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.instance import BilevelInstance
from optkit.core.solving.registry import solver_class


def test_useless_multiplier_bounds_are_refused() -> None:
    """Instances whose proven big-M is too large are refused, and the reason says so."""
    options = GeneratorOptions.model_validate(
        {"lower_kind": "continuous", "lower_rows": 12, "lower_columns": 12}
    )
    large = BilevelInstance.parse(generate(options, 0))
    support = solver_class("bilevel", "strong-duality")().supports(large)
    assert not support.available
    assert "big-M" in support.reason


def test_presolve_does_not_round_the_optimum_away() -> None:
    """Rows of sizes 0.1 to 1.7 allow multipliers above a thousand.

    With less slack in the equation of the two objectives, HiGHS' presolve excluded the
    optimum, 191, and 215 was called optimal. The answer here is that of ``kkt``, which has
    no such equation.
    """
    sizes, stocks, opening = [1.0, 1.7, 1.0, 1.0], [10, 5, 5, 6], [85, 58, 92, 48]
    shipping = [[5, 19], [16, 10], [14, 8], [13, 4]]
    follower = [[16, 15], [17, 16], [19, 6], [20, 18]]
    depots, places = range(4), range(2)
    rows = [
        {
            "id": f"demand{k}",
            "level": "lower",
            "lower": size * demand,
            "upper": size * demand,
            "coefficients": {f"y{i}_{k}": size for i in depots},
        }
        for k, (size, demand) in enumerate([(1.0, 6), (0.1, 4)])
    ] + [
        {
            "id": f"stock{i}",
            "level": "lower",
            "upper": 0.0,
            "coefficients": {
                **{f"y{i}_{k}": sizes[i] for k in places},
                f"x{i}": -sizes[i] * stocks[i],
            },
        }
        for i in depots
    ]
    columns = [
        {"id": f"x{i}", "level": "upper", "lower": 0, "upper": 1, "integer": True}
        for i in depots
    ] + [
        {"id": f"y{i}_{k}", "level": "lower", "lower": 0, "integer": False}
        for i in depots
        for k in places
    ]

    def costs(table: list[list[int]]) -> dict[str, int]:
        return {f"y{i}_{k}": table[i][k] for i in depots for k in places}

    program = BilevelInstance.parse(
        {
            "schema": BilevelInstance.SCHEMA,
            "schema_version": BilevelInstance.VERSION,
            "name": "transport",
            "columns": columns,
            "rows": rows,
            "upper_objective": {
                "sense": "min",
                "coefficients": {f"x{i}": opening[i] for i in depots} | costs(shipping),
            },
            "lower_objective": {"sense": "min", "coefficients": costs(follower)},
        }
    )
    for solver in ("strong-duality", "kkt"):
        result = optkit.solve(program, solver)
        assert (result.status, result.objective) == ("optimal", 191.0)
