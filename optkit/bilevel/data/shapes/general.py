"""Rows of any kind: signs, equations, coupling, ties."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.bilevel.data.options import GeneratorOptions, Kind
from optkit.bilevel.data.shapes.parts import column, is_integer, row, terms
from optkit.bilevel.instance import Level
from optkit.core.arrays import Floats


def general(options: GeneratorOptions, rng: np.random.Generator) -> dict[str, Any]:
    """Return a program whose rows all hold at one drawn point."""
    columns, point = [], []
    column_counts: tuple[tuple[Level, int, Kind], ...] = (
        ("upper", options.upper_columns, options.upper_kind),
        ("lower", options.lower_columns, options.lower_kind),
    )
    for level, count, kind in column_counts:
        for k in range(count):
            integer = is_integer(kind, rng)
            high = 1 if kind == "binary" else int(rng.integers(1, options.high + 1))
            name = f"{'x' if level == 'upper' else 'y'}{k}"
            columns.append(column(name, level, float(high), integer=integer))
            point.append(float(rng.integers(0, high + 1)))
    names = [c["id"] for c in columns]
    linkable = [
        c["level"] == "lower"
        or bool(c["integer"])
        or options.upper_kind == "continuous"
        for c in columns
    ]
    rows = []
    row_counts: tuple[tuple[Level, int], ...] = (
        ("upper", options.upper_rows),
        ("lower", options.lower_rows),
    )
    for level, count in row_counts:
        for i in range(count):
            coupled = level == "lower" or rng.random() < options.coupling
            used = [
                (c["level"] == "upper" or coupled)
                and (level == "upper" or linkable[j])
                and rng.random() < options.density
                for j, c in enumerate(columns)
            ]
            values = _values(options, rng, len(columns)) * np.array(used, dtype=float)
            sides = _sides(options, rng, level, float(values @ np.array(point)))
            rows.append(row(f"{level}{i}", level, names, values, *sides))
    lower = np.array([c["level"] == "lower" for c in columns])
    follower = _values(options, rng, len(columns)) * lower
    leader = _values(options, rng, len(columns))
    shared = options.alignment
    mixed = np.rint(shared * follower + (1.0 - abs(shared)) * leader)
    leader = np.where(lower & (shared != 0.0), mixed, leader)
    if options.ties:
        follower = np.where(rng.random(len(columns)) < options.ties, 0.0, follower)
    return {
        "columns": columns,
        "rows": rows,
        "upper_objective": {"coefficients": terms(names, leader)},
        "lower_objective": {"coefficients": terms(names, follower)},
    }


def _values(options: GeneratorOptions, rng: np.random.Generator, count: int) -> Floats:
    largest = options.largest
    if options.fractional:
        return np.round(rng.uniform(-largest, largest, count), 2) + 0.0
    return rng.integers(-largest, largest + 1, count).astype(np.float64)


def _sides(
    options: GeneratorOptions, rng: np.random.Generator, level: str, at: float
) -> tuple[float, float]:
    """Return sides that hold at the drawn point, where the row's activity is ``at``."""
    if options.fractional:
        at = round(at, 6)
    if level == "lower" and rng.random() < options.equations:
        return at, at
    room = float(rng.integers(0, options.largest + 1))
    return (-np.inf, at + room) if rng.random() < 0.7 else (at - room, np.inf)
