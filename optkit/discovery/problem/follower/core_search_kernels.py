"""The loop of the core search: the same source runs interpreted and compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop
from optkit.discovery.problem.problem_data import ROW_TOLERANCE


@inner_loop
def depth_first(
    prices: Any,
    changes: Any,
    slack: Any,
    values: Any,
    max_gain: Any,
    max_fall: Any,
    repeats: Any,
    budget: float,
    shrinks: bool,
    value_floor: float,
    enough: float,
    best_value: float,
    max_nodes: int,
) -> Any:
    """Return the best set, its value, and whether nothing better was left out.

    Parameters
    ----------
    prices, changes, slack, values
        As in :func:`optkit.discovery.problem.follower.core_search.search`.
    max_gain, max_fall
        The most that the changes from each one on can add to a row, shape (rows, n + 1),
        and take off the objective, as a number ≤ 0, shape (n + 1,).
    repeats
        Marks changes equal to the one before, which are made only if that one is, shape
        (n,).
    budget
        Limit on the sum of prices.
    shrinks
        Whether a better set shrinks the budget, to its value minus ``value_floor``.
    value_floor, enough
        As in :func:`optkit.discovery.problem.follower.core_search.search`.
    best_value
        The value to beat; returned unchanged where nothing does.
    max_nodes
        Nodes after which the search gives up.
    """
    count = len(prices)
    rows = len(slack)
    state = np.zeros((rows, count + 1))
    for row in range(rows):
        state[row, 0] = slack[row]
    paid = np.zeros(count + 1)
    value = np.zeros(count + 1)
    tried = np.zeros(count + 1, dtype=np.int8)  # branches tried: none, keep, change
    best = np.zeros(count, dtype=np.bool_)
    nodes = 0
    depth = 0
    while depth >= 0:
        if tried[depth] == 0:
            nodes += 1
            if nodes > max_nodes:
                return best, best_value, False
            pruned = (
                paid[depth] > budget or value[depth] + max_fall[depth] >= best_value
            )
            for row in range(rows):
                if state[row, depth] + max_gain[row, depth] < -ROW_TOLERANCE:
                    pruned = True
            if not pruned and depth == count:
                best_value = value[depth]
                for index in range(count):
                    best[index] = tried[index] == 2
                if shrinks:
                    budget = min(budget, best_value - value_floor)
                    if budget <= enough:
                        return best, best_value, True
                pruned = True
            if pruned:
                depth -= 1
                continue
        change = tried[depth] == 1
        if tried[depth] == 2 or (change and repeats[depth] and tried[depth - 1] != 2):
            tried[depth] = 0
            depth -= 1
            continue
        tried[depth] += 1
        paid[depth + 1] = paid[depth] + (prices[depth] if change else 0.0)
        value[depth + 1] = value[depth] + (values[depth] if change else 0.0)
        for row in range(rows):
            state[row, depth + 1] = state[row, depth] + (
                changes[row, depth] if change else 0.0
            )
        depth += 1
        tried[depth] = 0
    return best, best_value, True
