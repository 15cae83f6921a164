"""Tiny bilevel programs of every kind, disguised, with their optima by brute force."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.bilevel.check.brute_force import brute_force
from optkit.bilevel.data.generate import generate
from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.instance import BilevelInstance
from optkit.core.solving import seeds

_MIXED = {"upper_columns": 2, "lower_columns": 3, "lower_kind": "mixed", "high": 2}
_LINEAR = {
    "upper_columns": 3,
    "lower_columns": 3,
    "lower_kind": "continuous",
    "high": 3,
}
_SMALL = {"upper_columns": 3, "lower_columns": 3, "lower_rows": 3, "high": 3}

KINDS: dict[str, dict[str, Any]] = {
    "integer": _SMALL,
    "integer, fractional": {**_SMALL, "fractional": True},
    "integer, coupling rows": {**_SMALL, "coupling": 1.0},
    "integer, ties": {**_SMALL, "ties": 0.7, "coupling": 0.7},
    "integer, opposed": {**_SMALL, "alignment": -1.0},
    "integer, equations": {**_SMALL, "equations": 0.6, "largest": 4},
    "binary": {
        **_SMALL,
        "upper_kind": "binary",
        "lower_kind": "binary",
        "coupling": 0.5,
    },
    "mixed": {**_MIXED, "lower_rows": 3},
    "mixed, fractional": {**_MIXED, "lower_rows": 3, "fractional": True},
    "mixed, coupling rows and ties": {**_MIXED, "coupling": 1.0, "ties": 0.6},
    "mixed, equations": {**_MIXED, "lower_rows": 2, "equations": 0.5},
    "mixed leader, mixed follower": {
        **_MIXED,
        "upper_kind": "mixed",
        "upper_columns": 3,
    },
    "linear": {**_LINEAR, "lower_rows": 3},
    "linear, fractional": {**_LINEAR, "lower_rows": 3, "fractional": True},
    "linear, coupling rows and ties": {**_LINEAR, "coupling": 1.0, "ties": 0.6},
    "linear, equations": {**_LINEAR, "lower_rows": 3, "equations": 0.5},
    "mixed leader, linear follower": {
        **_LINEAR,
        "upper_kind": "mixed",
        "coupling": 1.0,
    },
    "covering, integer": {
        "shape": "covering",
        "upper_columns": 3,
        "lower_columns": 3,
        "lower_rows": 2,
        "high": 2,
        "largest": 4,
    },
    "covering, linear": {
        "shape": "covering",
        "upper_columns": 3,
        "lower_columns": 3,
        "lower_rows": 3,
        "high": 2,
        "lower_kind": "continuous",
    },
    "covering, mixed": {
        "shape": "covering",
        "upper_columns": 2,
        "lower_columns": 3,
        "lower_rows": 2,
        "upper_kind": "binary",
        "lower_kind": "mixed",
        "largest": 5,
    },
    "transport, integer": {
        "shape": "transport",
        "upper_columns": 3,
        "lower_columns": 6,
        "largest": 3,
    },
    "transport, linear": {
        "shape": "transport",
        "upper_columns": 4,
        "lower_columns": 8,
        "lower_kind": "continuous",
    },
    "flow, integer": {
        "shape": "flow",
        "upper_columns": 2,
        "lower_columns": 5,
        "lower_rows": 3,
        "largest": 4,
    },
    "flow, linear": {
        "shape": "flow",
        "upper_columns": 4,
        "lower_columns": 8,
        "lower_rows": 4,
        "lower_kind": "continuous",
    },
    "denegre": {
        "shape": "denegre",
        "upper_columns": 2,
        "lower_columns": 2,
        "lower_rows": 3,
        "largest": 8,
    },
    "xu-wang": {
        "shape": "xu-wang",
        "upper_columns": 5,
        "lower_columns": 2,
        "lower_rows": 3,
        "lower_kind": "integer",
    },
    "xu-wang, mixed": {
        "shape": "xu-wang",
        "upper_columns": 4,
        "lower_columns": 3,
        "lower_kind": "mixed",
    },
    "knapsack interdiction": {"shape": "knapsack-interdiction", "upper_columns": 6},
    "interdiction, two capacities": {
        "shape": "interdiction",
        "upper_columns": 6,
        "lower_rows": 2,
        "capacity": 0.4,
    },
    "multiple knapsack interdiction": {
        "shape": "multiple-knapsack-interdiction",
        "upper_columns": 4,
        "lower_rows": 2,
        "capacity": 0.4,
    },
    "assignment interdiction": {
        "shape": "assignment-interdiction",
        "upper_columns": 4,
    },
    "path interdiction": {
        "shape": "path-interdiction",
        "upper_columns": 8,
        "capacity": 0.2,
    },
    "clique interdiction": {
        "shape": "clique-interdiction",
        "upper_columns": 7,
        "capacity": 0.3,
    },
}
"""By name: options of the generator."""

_FACTORS = (0.1, 0.3, 0.25, 1.7, -1.0, -0.5, 3.0)
"""Factors of rows and objectives; those of fractions are not exact in binary."""


@dataclass(frozen=True)
class Program:
    """A tiny program with its optimum.

    Parameters
    ----------
    kind, label
        Its kind; kind, number and seed.
    instance
        The program.
    optimum
        The leader's optimum, minimised; None if there is no bilevel feasible point.
    """

    kind: str
    label: str
    instance: BilevelInstance
    optimum: float | None


def programs(
    seed: int, count: int, part: str = "", *, disguised: bool = True
) -> Iterator[Program]:
    """Yield programs, the kinds in turn.

    Parameters
    ----------
    seed, count
        The same seed gives the same programs, whatever their number.
    part
        Only kinds whose name contains this.
    disguised
        Whether they are disguised. The factors of a disguise round the coefficients, so an
        equation of integers may have no solution any more in fractions.
    """
    kinds = [kind for kind in KINDS if part in kind]
    for number in range(count):
        kind = kinds[number % len(kinds)]
        rng = seeds.generator(seed, kind, number)
        options = GeneratorOptions.model_validate(KINDS[kind])
        document = generate(options, int(rng.integers(2**31)))
        bounded = with_upper_bounds(document)
        for one in (document, bounded) if disguised else ():
            disguise(one, seeds.generator(seed, "disguise", number))
        instance = BilevelInstance.parse(document)
        optimum = brute_force(BilevelInstance.parse(bounded))
        yield Program(
            kind, f"{kind}, number {number} of seed {seed}", instance, optimum
        )


def with_upper_bounds(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy with bounds that no optimal response exceeds, for brute force.

    Parameters
    ----------
    document
        A program whose columns are at least zero. Those without an upper bound are the
        follower's, and have positive costs. Every lower row that such a column helps to
        satisfy is a covering row, or an equation of a flow or a transport. So no optimal
        response needs more of it than the row, or than the sum of the equations' sides.
    """
    document = copy.deepcopy(document)
    rows = [row for row in document["rows"] if row["level"] == "lower"]
    equations = sum(abs(r["lower"]) for r in rows if r.get("lower") == r.get("upper"))
    for column in document["columns"]:
        own = [(row, row["coefficients"].get(column["id"], 0.0)) for row in rows]
        # A packing row leaves room for so much, whatever the others are.
        most = [
            row["upper"] / a
            for row, a in own
            if a > 0.0 and "upper" in row and min(row["coefficients"].values()) >= 0.0
        ]
        if "upper" in column:
            most.append(column["upper"])
        elif not most:
            needs = [r["lower"] / a for r, a in own if a > 0.0 and "upper" not in r]
            most.append(max(needs, default=equations))
        if min(most) >= 0.0:
            column["upper"] = float(math.ceil(min(most)))
    return document


def disguise(document: dict[str, Any], rng: np.random.Generator) -> None:
    """Scale rows and objectives, turn them round, and shift columns, each by chance.

    A third of the programs stay as they are, for solvers that need whole numbers.
    """
    if rng.random() < 1.0 / 3.0:
        return
    for column in document["columns"]:
        if rng.random() < 0.2:
            _shift(document, column, float(rng.integers(-3, 3)))
    for row in document["rows"]:
        if rng.random() < 0.3:
            _scale_row(row, float(rng.choice(_FACTORS)))
    for level in ("upper", "lower"):
        objective = document[f"{level}_objective"]
        if rng.random() < 0.5:
            factor = float(rng.choice(_FACTORS))
            for name in objective["coefficients"]:
                objective["coefficients"][name] *= factor
            if factor < 0.0:
                turned = "min" if objective.get("sense", "min") == "max" else "max"
                objective["sense"] = turned
        if rng.random() < 0.2:
            objective["constant"] = objective.get("constant", 0.0) + 0.25


def _shift(document: dict[str, Any], column: dict[str, Any], by: float) -> None:
    """Replace a column by itself plus a whole number."""
    for key in ("lower", "upper"):
        if key in column:
            column[key] += by
    for row in document["rows"]:
        coefficient = row["coefficients"].get(column["id"], 0.0)
        for key in ("lower", "upper"):
            if key in row:
                row[key] += coefficient * by


def _scale_row(row: dict[str, Any], factor: float) -> None:
    sides = {key: row.pop(key) * factor for key in ("lower", "upper") if key in row}
    if factor < 0.0:
        sides = {{"lower": "upper", "upper": "lower"}[k]: v for k, v in sides.items()}
    row.update(sides)
    row["coefficients"] = {k: v * factor for k, v in row["coefficients"].items()}
