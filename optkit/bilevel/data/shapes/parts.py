"""Columns, rows and objectives of a document, as the shapes write them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from optkit.bilevel.data.options import Kind
from optkit.bilevel.instance import Level, side_keys
from optkit.core.arrays import Floats, Ints


def column(
    name: str, level: Level, upper: float = math.inf, *, integer: bool = True
) -> dict[str, Any]:
    """Return a column that is at least zero; without ``upper`` it has no upper bound."""
    return {"id": name, "level": level, "integer": integer, **side_keys(0.0, upper)}


def follower_columns(
    names: Iterable[str],
    kind: Kind,
    rng: np.random.Generator,
    upper: float = math.inf,
) -> list[dict[str, Any]]:
    """Return columns of the follower; ``rng`` draws which of the mixed ones are integer."""
    return [
        column(name, "lower", upper, integer=is_integer(kind, rng)) for name in names
    ]


def row(
    name: str,
    level: Level,
    names: Iterable[str],
    values: Iterable[float],
    lower: float = -math.inf,
    upper: float = math.inf,
) -> dict[str, Any]:
    """Return a row; coefficients that are zero are left out."""
    sides = side_keys(lower, upper)
    return {"id": name, "level": level, **sides, "coefficients": terms(names, values)}


def equation(
    name: str, level: Level, names: Iterable[str], values: Iterable[float], side: float
) -> dict[str, Any]:
    """Return a row whose sides are equal."""
    return row(name, level, names, values, side, side)


def flow_balance(
    arcs: list[str], tails: Ints, heads: Ints, demand: Floats
) -> list[dict[str, Any]]:
    """Return an equation per node: what flows in, less what flows out, is its demand.

    Parameters
    ----------
    arcs
        Names of the follower's columns, one per arc.
    tails, heads
        Nodes at which the arcs begin and end, shape (arcs,); no arc is a loop.
    demand
        Shape (nodes,); negative where flow is sent.
    """
    balance = np.zeros((len(demand), len(arcs)))
    balance[heads, np.arange(len(arcs))] = 1.0
    balance[tails, np.arange(len(arcs))] = -1.0
    return [
        equation(f"node{v}", "lower", arcs, balance[v], float(demand[v]))
        for v in range(len(demand))
    ]


def terms(names: Iterable[str], values: Iterable[float]) -> dict[str, float]:
    """Return coefficients by name, without those that are zero."""
    pairs = zip(names, values, strict=True)
    return {name: float(value) for name, value in pairs if value}


def numbered(prefix: str, count: int) -> list[str]:
    """Return the names ``prefix0``, ``prefix1`` and so on."""
    return [f"{prefix}{k}" for k in range(count)]


def is_integer(kind: Kind, rng: np.random.Generator) -> bool:
    """Draw whether a column of this kind is integer; half of the mixed ones are."""
    return kind in ("integer", "binary") or (kind == "mixed" and rng.random() < 0.5)


def whole(
    rng: np.random.Generator, low: float, high: float, shape: int | tuple[int, ...]
) -> Floats:
    """Draw whole numbers between ``low`` and ``high``, both included."""
    return rng.integers(int(low), int(high) + 1, shape).astype(np.float64)
