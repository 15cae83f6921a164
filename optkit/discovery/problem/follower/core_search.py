"""Depth-first search over changes of a threshold rule, each with a price.

Changes are binary; a set of them is legal if its prices add up to no more than a budget
and a few rows hold. The dearest changes are decided first, so that the budget cuts early;
rows cut where what is left cannot mend them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.runtime.compiled import compiled
from optkit.discovery.problem.problem_data import ROW_TOLERANCE

INTERPRETED = 3_000
"""Nodes after which the compiled search takes over."""

COMPILED = 3_000_000
"""Nodes after which the search gives up and says so."""

SMALL = 14
"""Changes that are searched first, where there are more."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found.

    Parameters
    ----------
    flips
        The best legal set of changes found, shape (n,); None if none was.
    complete
        Whether the search came to its end.
    exhausted
        Whether nothing better exists; without it, what was found may be within
        ``enough`` of the best only.
    """

    flips: Bools | None
    complete: bool
    exhausted: bool


def search(
    *,
    prices: Floats,
    changes: Floats,
    slack: Floats,
    values: Floats,
    room: float,
    linked: float | None,
    enough: float,
) -> Found:
    """Return the legal set of changes with the least value.

    Parameters
    ----------
    prices
        Price of each change, not negative, shape (n,).
    changes
        What each change adds to the slack of each row, shape (rows, n).
    slack
        Slack of each row before any change; it has to end at or above 0, up to
        ``ROW_TOLERANCE``, shape (rows,).
    values
        What each change adds to the objective, shape (n,).
    room
        Budget for the prices.
    linked
        Where the objective is bounded below by ``linked`` plus the prices paid, this
        number, so that every better set found shrinks the budget; None where it is not.
    enough
        With ``linked``: a set within this much of the bound ends the search.
    """
    order = np.lexsort((*changes, values, -prices))
    order = order[prices[order] <= room]
    base = 0.0 if linked is None else float(linked)
    sure: Bools = np.zeros(len(prices), dtype=bool)
    value = np.inf

    def attempt(chosen: Ints, budget: float) -> bool:
        """Search over some of the changes; return whether that was exhaustive."""
        nonlocal value
        columns = np.column_stack([prices, values, changes.T])[chosen]
        repeats = np.zeros(len(chosen), dtype=np.bool_)
        repeats[1:] = np.all(columns[1:] == columns[:-1], axis=1)
        taken = np.ascontiguousarray(changes[:, chosen])
        arguments = (
            prices[chosen],
            taken,
            np.asarray(slack, dtype=float),
            values[chosen],
            _sums_from_each(np.maximum(taken, 0.0)),
            _sums_from_each(np.minimum(values[chosen], 0.0)),
            repeats,
            budget,
            linked is not None,
            base,
            float(enough),
            float(value),
        )
        best, least, complete = _depth_first(*arguments, INTERPRETED)
        if not complete:
            best, least, complete = compiled(_depth_first)(*arguments, COMPILED)
        if least < value:
            value = float(least)
            sure[:] = False
            sure[chosen] = best
        return bool(complete)

    if linked is not None and len(order) > SMALL:
        # A good answer from the cheapest changes first: it rules most others out.
        attempt(order[-SMALL:], room)
        room = min(room, value - base)
        order = order[prices[order] <= room]
    complete = room <= enough or attempt(order, float(room))
    exhausted = complete and (linked is None or value - base > enough)
    return Found(sure if value < np.inf else None, complete, exhausted)


def _sums_from_each(numbers: Floats) -> Floats:
    """Return the sums over each place and all after it, and 0 at the end."""
    sums = np.zeros((*numbers.shape[:-1], numbers.shape[-1] + 1))
    sums[..., :-1] = np.cumsum(numbers[..., ::-1], axis=-1)[..., ::-1]
    return sums


def _depth_first(
    prices: Any,
    changes: Any,
    slack: Any,
    values: Any,
    mend: Any,
    fall: Any,
    repeats: Any,
    budget: float,
    shrinks: bool,
    linked: float,
    enough: float,
    best_value: float,
    most_nodes: int,
) -> Any:
    """Return the best set, its value, and whether nothing better was left out.

    The same source runs interpreted and compiled. ``mend`` (rows, n + 1) and ``fall``
    (n + 1,) are what the changes from each one on can add to a row, or take off the
    objective. ``repeats`` marks changes equal to the one before, which are made only if
    that one is. ``best_value`` is the value to beat; it is returned as it is where nothing
    does.
    """
    count = len(prices)
    rows = len(slack)
    state = np.zeros((rows, count + 1))
    for row in range(rows):
        state[row, 0] = slack[row]
    paid = np.zeros(count + 1)
    worth = np.zeros(count + 1)
    tried = np.zeros(count + 1, dtype=np.int8)  # branches tried: none, keep, change
    best = np.zeros(count, dtype=np.bool_)
    nodes = 0
    depth = 0
    while depth >= 0:
        if tried[depth] == 0:
            nodes += 1
            if nodes > most_nodes:
                return best, best_value, False
            dead = paid[depth] > budget or worth[depth] + fall[depth] >= best_value
            for row in range(rows):
                if state[row, depth] + mend[row, depth] < -ROW_TOLERANCE:
                    dead = True
            if not dead and depth == count:
                best_value = worth[depth]
                for index in range(count):
                    best[index] = tried[index] == 2
                if shrinks:
                    budget = min(budget, best_value - linked)
                    if budget <= enough:
                        return best, best_value, True
                dead = True
            if dead:
                depth -= 1
                continue
        change = tried[depth] == 1
        if tried[depth] == 2 or (change and repeats[depth] and tried[depth - 1] != 2):
            tried[depth] = 0
            depth -= 1
            continue
        tried[depth] += 1
        paid[depth + 1] = paid[depth] + (prices[depth] if change else 0.0)
        worth[depth + 1] = worth[depth] + (values[depth] if change else 0.0)
        for row in range(rows):
            state[row, depth + 1] = state[row, depth] + (
                changes[row, depth] if change else 0.0
            )
        depth += 1
        tried[depth] = 0
    return best, best_value, True
