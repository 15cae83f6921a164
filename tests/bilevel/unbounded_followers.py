"""Random programs whose follower has no upper bounds: it pays for large values."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.bilevel.instance import BilevelInstance
from tests.bilevel.examples import instance

Document = dict[str, Any]

MOST = 9.0
"""No optimal response in these programs has a larger value."""


def random_program(seed: int, *, capped: bool = False) -> BilevelInstance:
    """Return a covering, transport or flow program.

    Parameters
    ----------
    seed
        The same seed gives the same program.
    capped
        Whether to give the follower's columns the upper bound ``MOST``, which changes no
        optimum and lets brute force enumerate them.
    """
    rng = np.random.default_rng(seed)
    make = (_covering, _transport, _flow)[seed % 3]
    columns, rows = make(rng)
    lower = [column for column in columns if column["level"] == "lower"]
    kind = rng.integers(3)
    for column in lower:
        column["integer"] = bool(kind == 0 or (kind == 1 and rng.random() < 0.5))
        if capped:
            column["upper"] = MOST
    leader = {c["id"]: float(rng.integers(-4, 8)) for c in columns}
    follower = {c["id"]: float(rng.integers(1, 8)) for c in lower}
    if rng.random() < 0.5:
        room = {"id": "room", "level": "upper", "upper": float(rng.integers(1, 9))}
        rows.append({**room, "coefficients": _nonzero(rng, columns, -1, 4)})
    return instance(
        columns=columns,
        rows=rows,
        upper_objective={"coefficients": {k: v for k, v in leader.items() if v}},
        lower_objective={"coefficients": follower},
    )


def _column(name: str, level: str, high: float | None = None) -> Document:
    bounds = {"lower": 0.0} if high is None else {"lower": 0.0, "upper": high}
    return {"id": name, "level": level, "integer": True, **bounds}


def _nonzero(
    rng: np.random.Generator, columns: list[Document], low: int, high: int
) -> dict[str, float]:
    drawn = {c["id"]: float(rng.integers(low, high)) for c in columns}
    return {name: value for name, value in drawn.items() if value}


def _covering(rng: np.random.Generator) -> tuple[list[Document], list[Document]]:
    """Each row asks the follower for an amount that the leader changes."""
    upper = [_column(f"x{j}", "upper", float(rng.integers(1, 3))) for j in range(2)]
    lower = [_column(f"y{j}", "lower") for j in range(2)]
    rows = []
    for i in range(2):
        need = float(rng.integers(1, 6))
        coefficients = _nonzero(rng, lower, 1, 4) | _nonzero(rng, upper, -2, 2)
        row = {"id": f"need{i}", "level": "lower", "lower": need}
        rows.append({**row, "coefficients": coefficients})
    return [*upper, *lower], rows


def _transport(rng: np.random.Generator) -> tuple[list[Document], list[Document]]:
    """The leader opens sources; without them the follower has no point."""
    upper = [_column(f"x{i}", "upper", 1.0) for i in range(2)]
    lower = [_column(f"y{i}{j}", "lower") for i in range(2) for j in range(2)]
    rows = []
    for i in range(2):
        sent = {f"y{i}{j}": 1.0 for j in range(2)}
        supply = {**sent, f"x{i}": -float(rng.integers(2, 7))}
        rows.append(
            {"id": f"supply{i}", "level": "lower", "upper": 0.0, "coefficients": supply}
        )
        need = {"id": f"need{i}", "level": "lower", "lower": float(rng.integers(1, 4))}
        rows.append({**need, "coefficients": {f"y{k}{i}": 1.0 for k in range(2)}})
    return [*upper, *lower], rows


def _flow(rng: np.random.Generator) -> tuple[list[Document], list[Document]]:
    """The follower sends a flow from node 0 to node 2; the leader opens arcs."""
    arcs = [(0, 1), (1, 2), (2, 1), (0, 2)]
    amount = float(rng.integers(1, 5))
    lower = [_column(f"y{a}", "lower") for a in range(len(arcs))]
    upper = [_column(f"x{a}", "upper", 1.0) for a in range(len(arcs)) if a != 2]
    rows = []
    for node, out in enumerate((amount, 0.0, -amount)):
        signs = {
            f"y{a}": 1.0 if tail == node else -1.0
            for a, (tail, head) in enumerate(arcs)
            if node in (tail, head)
        }
        sides = {"lower": out, "upper": out}
        row = {"id": f"node{node}", "level": "lower", **sides}
        rows.append({**row, "coefficients": signs})
    for column in upper[: int(rng.integers(1, 4))]:
        capacity = {column["id"]: -amount, column["id"].replace("x", "y"): 1.0}
        row = {"id": f"open_{column['id']}", "level": "lower", "upper": 0.0}
        rows.append({**row, "coefficients": capacity})
    return [*upper, *lower], rows
