"""Random bilevel instances."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from optkit.bilevel.data.formats.interdiction import interdiction
from optkit.bilevel.instance import BilevelInstance
from optkit.core.options import Options
from optkit.core.solving import seeds

Kind = Literal["integer", "binary", "continuous", "mixed"]
Count = Annotated[int, Field(ge=0, le=10_000)]


class GeneratorOptions(Options):
    """Options of the generator of bilevel instances."""

    shape: Literal["general", "knapsack-interdiction", "interdiction"] = Field(
        "general",
        description="general: rows of any kind; knapsack-interdiction: a budget for the"
        " leader and one capacity for the follower; interdiction: the same"
        " with --lower-rows capacities",
    )
    upper_columns: Count = Field(
        5,
        description="number of the leader's columns; in the interdiction shapes, of"
        " items",
    )
    lower_columns: Count = Field(5, description="follower's columns (general)")
    upper_rows: Count = Field(2, description="leader's rows (general)")
    lower_rows: Count = Field(4, description="follower's rows")
    upper_kind: Kind = Field(
        "integer",
        description="kind of the leader's columns (general); with mixed, those that"
        " appear in the follower's rows are always integer",
    )
    lower_kind: Kind = Field(
        "integer", description="kind of the follower's columns (general)"
    )
    high: int = Field(
        10,
        ge=1,
        le=10_000,
        description="largest upper bound of integer columns (general)",
    )
    largest: int = Field(
        20, ge=1, le=100_000, description="largest magnitude of a coefficient"
    )
    density: float = Field(
        0.6, ge=0, le=1, description="share of coefficients that are not zero (general)"
    )
    coupling: float = Field(
        0.3,
        ge=0,
        le=1,
        description="share of the leader's rows that also contain the follower's"
        " columns",
    )
    equations: float = Field(
        0.0, ge=0, le=1, description="share of the follower's rows that are equations"
    )
    alignment: float = Field(
        0.0,
        ge=-1,
        le=1,
        description="how much the leader's objective agrees with the follower's: 1 the"
        " same, 0 unrelated, -1 opposed",
    )
    capacity: float = Field(
        0.5,
        gt=0,
        le=1,
        description="budget and capacities as a share of all weights (interdiction)",
    )
    name: str | None = Field(None, description="name of the instance")


def generate(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return a random instance.

    Parameters
    ----------
    options
        Properties of the instance. In the general shape some point satisfies all rows;
        whether one of them is optimal for the follower is up to chance.
    seed
        The same options and seed give the same instance.

    Returns
    -------
    dict
        The document of a :class:`BilevelInstance`.
    """
    rng = seeds.generator(seed, "bilevel", "generate")
    changed = options.model_dump(exclude_unset=True, exclude={"name"})
    head = {
        "schema": BilevelInstance.SCHEMA,
        "schema_version": BilevelInstance.VERSION,
        "name": options.name or _default_name(options, seed),
        "provenance": f"optkit generate bilevel, seed {seed}, {changed or 'defaults'}",
    }
    generate_shape = _general if options.shape == "general" else _interdiction
    return head | generate_shape(options, rng)


def _default_name(options: GeneratorOptions, seed: int) -> str:
    size = str(options.upper_columns)
    if options.shape == "general":
        size += f"x{options.lower_columns}-{options.lower_kind}"
    return f"{options.shape}-{size}-seed-{seed}"


def _general(options: GeneratorOptions, rng: np.random.Generator) -> dict[str, Any]:
    columns, point = [], []
    for level, count, kind in (
        ("upper", options.upper_columns, options.upper_kind),
        ("lower", options.lower_columns, options.lower_kind),
    ):
        for k in range(count):
            whole = kind in ("integer", "binary") or (
                kind == "mixed" and rng.random() < 0.5
            )
            high = 1 if kind == "binary" else int(rng.integers(1, options.high + 1))
            columns.append(
                {
                    "id": f"{'x' if level == 'upper' else 'y'}{k}",
                    "level": level,
                    "lower": 0.0,
                    "upper": float(high),
                    "integer": whole,
                }
            )
            point.append(float(rng.integers(0, high + 1)))
    linkable = [
        column["level"] == "lower"
        or bool(column["integer"])
        or options.upper_kind == "continuous"
        for column in columns
    ]
    rows = []
    for level, count in (("upper", options.upper_rows), ("lower", options.lower_rows)):
        for i in range(count):
            coupled = level == "lower" or rng.random() < options.coupling
            used = [
                (column["level"] == "upper" or coupled)
                and (level == "upper" or linkable[j])
                and rng.random() < options.density
                for j, column in enumerate(columns)
            ]
            values = _values(options, rng, len(columns)) * np.array(used, dtype=float)
            rows.append(
                {"id": f"{level}{i}", "level": level}
                | _row_sides(options, rng, level, float(values @ np.array(point)))
                | {"coefficients": _named(columns, values)}
            )
    lower = np.array([column["level"] == "lower" for column in columns])
    follower = _values(options, rng, len(columns)) * lower
    leader = _values(options, rng, len(columns))
    shared = options.alignment
    mixed = np.rint(shared * follower + (1.0 - abs(shared)) * leader)
    leader = np.where(lower, mixed, leader)
    return {
        "columns": columns,
        "rows": rows,
        "upper_objective": {"coefficients": _named(columns, leader)},
        "lower_objective": {"coefficients": _named(columns, follower)},
    }


def _values(
    options: GeneratorOptions, rng: np.random.Generator, count: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    return rng.integers(-options.largest, options.largest + 1, count).astype(float)


def _row_sides(
    options: GeneratorOptions, rng: np.random.Generator, level: str, at: float
) -> dict[str, float]:
    """Return sides that hold at the drawn point, where the row's activity is ``at``."""
    if level == "lower" and rng.random() < options.equations:
        return {"lower": at, "upper": at}
    room = float(rng.integers(0, options.largest + 1))
    return {"upper": at + room} if rng.random() < 0.7 else {"lower": at - room}


def _named(columns: list[dict[str, Any]], values: Any) -> dict[str, float]:
    return {
        str(column["id"]): float(value)
        for column, value in zip(columns, values, strict=True)
        if value
    }


def _interdiction(
    options: GeneratorOptions, rng: np.random.Generator
) -> dict[str, Any]:
    count = options.upper_columns
    rows = 1 if options.shape == "knapsack-interdiction" else options.lower_rows
    items = [f"y{k}" for k in range(count)]
    weights = rng.integers(1, options.largest + 1, (rows + 1, count)).astype(float)
    limits = np.floor(options.capacity * weights.sum(axis=1))
    profits = rng.integers(1, options.largest + 1, count).astype(float)
    return interdiction(
        columns=[
            {"id": item, "integer": True, "lower": 0.0, "upper": 1.0} for item in items
        ],
        rows=[
            {
                "id": f"capacity{i}",
                "upper": float(limits[i]),
                "coefficients": dict(zip(items, weights[i].tolist(), strict=True)),
            }
            for i in range(rows)
        ],
        objective=profits.tolist(),
        maximised=True,
        costs=weights[rows].tolist(),
        budget=float(limits[rows]),
    )
