"""Small instances whose answers are worked out by hand in their docstrings."""

from __future__ import annotations

from typing import Any

from optkit.bilevel.instance import BilevelInstance


def column(name: str, level: str, high: float | None, **more: Any) -> dict[str, Any]:
    """Return an integer column with lower bound 0."""
    bounds: dict[str, Any] = {"lower": 0.0}
    if high is not None:
        bounds["upper"] = high
    return {"id": name, "level": level, "integer": True, **bounds, **more}


def instance(**parts: Any) -> BilevelInstance:
    """Return an instance with the given parts."""
    document: dict[str, Any] = {
        "schema": "optkit/bilevel",
        "schema_version": 1,
        "name": "by hand",
        "columns": [],
        "rows": [],
        **parts,
    }
    return BilevelInstance.parse(document)


def moore_bard(integer: bool = True) -> BilevelInstance:
    """Return the example of Moore and Bard (1990).

    The follower wants y small. At x = 2 its rows leave y = 2, 3 or 4 and it takes 2:
    -2 - 20 = -22, the optimum. The high-point relaxation has (2, 4) with -42. With y
    continuous, the leader's best is x = 8, y = 1: -18.
    """
    rows = [
        ("a", {"x": -25.0, "y": 20.0}, "upper", 30.0),
        ("b", {"x": 1.0, "y": 2.0}, "upper", 10.0),
        ("c", {"x": 2.0, "y": -1.0}, "upper", 15.0),
        ("d", {"x": 2.0, "y": 10.0}, "lower", 15.0),
    ]
    return instance(
        columns=[
            column("x", "upper", 10.0),
            {**column("y", "lower", 5.0), "integer": integer},
        ],
        rows=[
            {"id": name, "level": "lower", side: value, "coefficients": coefficients}
            for name, coefficients, side, value in rows
        ],
        upper_objective={"coefficients": {"x": -1.0, "y": -10.0}},
        lower_objective={"coefficients": {"y": 1.0}},
    )
