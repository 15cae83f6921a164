"""The leader forbids pairs of an assignment, arcs of a path, or nodes of a clique."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from optkit.bilevel.data.formats.interdiction import interdiction
from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.data.shapes.parts import (
    column,
    equation,
    flow_balance,
    numbered,
    row,
    whole,
)
from optkit.core.arrays import Floats


def assignment_interdiction(
    options: GeneratorOptions, rng: np.random.Generator
) -> dict[str, Any]:
    """Return a program whose follower assigns every agent a task, for most profit.

    The budget is kept small enough that an assignment is left whatever is forbidden.
    """
    side = max(1, math.isqrt(options.upper_columns))
    pairs = [f"y{i}_{j}" for i in range(side) for j in range(side)]
    table = np.array(pairs).reshape(side, side)
    lines = [*table, *table.T]
    ones = [1.0] * side
    return _forbidding(
        options,
        rng,
        pairs,
        [equation(f"once{k}", "lower", lines[k], ones, 1.0) for k in range(2 * side)],
        profits=whole(rng, 1, options.largest, len(pairs)),
        maximised=True,
        most=side - 1,
    )


def path_interdiction(
    options: GeneratorOptions, rng: np.random.Generator
) -> dict[str, Any]:
    """Return a program whose follower takes a shortest path from first to last node.

    A direct arc that cannot be forbidden keeps the last node reachable: it costs more than
    any budget allows.
    """
    arcs = max(1, options.upper_columns)
    nodes = max(2, arcs // 3 + 1)
    tails, heads = np.zeros(arcs, dtype=np.int64), np.full(arcs, nodes - 1)
    for k in range(1, arcs):
        # The first arcs make a path; all others lead forward, so there is no cycle.
        tail = k - 1 if k < nodes else int(rng.integers(0, nodes - 1))
        tails[k] = tail
        heads[k] = tail + 1 if k < nodes else int(rng.integers(tail + 1, nodes))
    lengths = whole(rng, 1, options.largest, arcs) * (heads - tails)
    lengths[0] = nodes * options.largest
    names = numbered("y", arcs)
    demand = np.zeros(nodes)
    demand[0], demand[-1] = -1.0, 1.0
    rows = flow_balance(names, tails, heads, demand)
    return _forbidding(
        options, rng, names, rows, profits=lengths, maximised=False, free=1
    )


def clique_interdiction(
    options: GeneratorOptions, rng: np.random.Generator
) -> dict[str, Any]:
    """Return a program whose follower takes a clique of most weight.

    A clique is an independent set of the complement, so this is independent set
    interdiction with a density of ``1 - density``, too.
    """
    names = numbered("y", options.upper_columns)
    rows = [
        row(f"apart{i}_{j}", "lower", [names[i], names[j]], [1.0, 1.0], upper=1.0)
        for i, j in itertools.combinations(range(len(names)), 2)
        if rng.random() >= options.density
    ]
    weights = whole(rng, 1, options.largest, len(names))
    return _forbidding(options, rng, names, rows, profits=weights, maximised=True)


def _forbidding(
    options: GeneratorOptions,
    rng: np.random.Generator,
    names: list[str],
    rows: list[dict[str, Any]],
    *,
    profits: Floats,
    maximised: bool,
    most: int | None = None,
    free: int = 0,
) -> dict[str, Any]:
    """Return an interdiction program with costs and a budget.

    Parameters
    ----------
    options, rng
        Size and randomness.
    names, rows, profits, maximised
        The follower's binary columns, its rows and its objective.
    most
        Most columns that the budget may pay for; None for any number.
    free
        How many of the first columns cannot be forbidden, since they cost too much.
    """
    costs = whole(rng, 1, options.largest, len(names))
    budget = float(np.floor(options.capacity * costs[free:].sum()))
    if most is not None:
        budget = min(budget, float(np.sort(costs)[: most + 1].sum()) - 1.0)
    costs[:free] = budget + 1.0
    return interdiction(
        columns=[column(name, "lower", 1.0) for name in names],
        rows=rows,
        objective=profits.tolist(),
        maximised=maximised,
        costs=costs.tolist(),
        budget=max(budget, 0.0),
    )
