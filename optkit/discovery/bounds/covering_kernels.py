"""The loops of :mod:`optkit.discovery.bounds.covering`: branch and bound on tableaus.

The linear program that bounds a node is solved by its dual: multipliers v of the rows, with
0 ≤ v_r ≤ penalty_r, raise Σ need_r v_r as long as no free site is paid more than it costs
to open: s_j = opening_j - Σ v_r over its rows ≥ 0. Its variables are numbered: rows 0 to
R - 1, then the s of the sites. A tableau writes the basic ones as value - Σ entry times
nonbasic, with all nonbasic ones at 0; a multiplier at its penalty is replaced by what it
lacks (``flipped``). The objective is z + Σ rate times nonbasic.

Closing a site lets its s take any sign. Opening it adds s to the objective as well. Once
such a variable is basic, its row of the tableau restricts nothing and is dropped.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop

EPSILON = 1e-9
"""Entries and rates below count as 0."""

NEGLIGIBLE = 1e-12
"""Entries below are rounding, and set to 0."""

FRACTION = 1e-7
"""How close to 0 or 1 a site of the linear program counts as closed or open."""

LEAST_GAIN = 1e-4
"""Gain of a branch, as a share of the opening costs, that counts at least."""

DEPTH, GOING_DOWN, NODES, FOUND = 0, 1, 2, 3
"""Entries of ``counts``."""

TARGET, DRIFT = 0, 1
"""Entries of ``numbers``."""

FINISHED, PAUSED, TOO_DEEP = 0, 1, 2
"""How a call of :func:`search` ends."""


@inner_loop
def pivot(
    table: Any, value: Any, rate: Any, rows: int, columns: int, row: int, column: int
) -> Any:
    """Exchange a basic and a nonbasic variable in place; return what z gains."""
    inverse = 1.0 / table[row, column]
    for c in range(columns):
        table[row, c] *= inverse
    value[row] *= inverse
    table[row, column] = inverse
    for r in range(rows):
        entry = table[r, column]
        if r == row:
            continue
        table[r, column] = 0.0
        if abs(entry) < NEGLIGIBLE:
            continue
        for c in range(columns):
            table[r, c] -= entry * table[row, c]
        value[r] -= entry * value[row]
    gain = rate[column]
    rate[column] = 0.0
    for c in range(columns):
        rate[c] -= gain * table[row, c]
    return gain * value[row]


@inner_loop
def drop_row(
    table: Any, value: Any, basic: Any, rows: int, columns: int, row: int
) -> Any:
    """Put the last row in the place of one; return how many are left."""
    last = rows - 1
    if row != last:
        for c in range(columns):
            table[row, c] = table[last, c]
        value[row] = value[last]
        basic[row] = basic[last]
    return last


@inner_loop
def flip_column(
    table: Any, value: Any, rate: Any, rows: int, column: int, span: float
) -> Any:
    """Replace a nonbasic variable by ``span`` minus itself; return what z gains."""
    gain = rate[column] * span
    rate[column] = -rate[column]
    for r in range(rows):
        entry = table[r, column]
        if entry != 0.0:
            value[r] -= entry * span
            table[r, column] = -entry
    return gain


@inner_loop
def raise_objective(
    table: Any,
    value: Any,
    rate: Any,
    basic: Any,
    nonbasic: Any,
    flipped: Any,
    state: Any,
    largest: Any,
    rows: int,
    columns: int,
    z: float,
    target: float,
) -> Any:
    """Pivot until z is the optimum, or has reached ``target``.

    Returns
    -------
    tuple
        The number of rows that are left, and z; infinite if a row of the problem has no
        site left that may open.
    """
    multipliers = len(flipped)
    weight = np.ones(columns)
    for _ in range(20 * (rows + columns)):
        if z >= target:
            break
        entering, steepest = -1, 0.0
        for c in range(columns):
            variable = nonbasic[c]
            gain = rate[c]
            if variable >= multipliers and state[variable - multipliers] != 0:
                gain = abs(gain)
            if gain > EPSILON and gain * gain > steepest * weight[c]:
                entering, steepest = c, gain * gain / weight[c]
        if entering < 0:
            break
        variable = nonbasic[entering]
        unlimited = variable >= multipliers and state[variable - multipliers] != 0
        if unlimited and rate[entering] < 0.0:
            flip_column(table, value, rate, rows, entering, 0.0)
        step = np.inf if unlimited else largest[variable]
        leaving, at_largest, size = -1, False, 0.0
        for r in range(rows):
            entry = table[r, entering]
            if entry > EPSILON:
                length = max(0.0, value[r] / entry)
                if length < step or (length == step and entry > size):
                    leaving, step, size, at_largest = r, length, entry, False
            elif entry < -EPSILON and largest[basic[r]] < np.inf:
                length = max(0.0, (value[r] - largest[basic[r]]) / entry)
                if length < step or (length == step and -entry > size):
                    leaving, step, size, at_largest = r, length, -entry, True
        if step == np.inf:
            return rows, np.inf
        if leaving < 0:
            z += flip_column(table, value, rate, rows, entering, step)
            flipped[variable] = not flipped[variable]
            continue
        if at_largest:
            other = basic[leaving]
            for c in range(columns):
                table[leaving, c] = -table[leaving, c]
            value[leaving] = largest[other] - value[leaving]
            flipped[other] = not flipped[other]
        reference = weight[entering] / table[leaving, entering] ** 2
        for c in range(columns):
            weight[c] = max(weight[c], reference * table[leaving, c] ** 2)
        weight[entering] = max(reference, 1.0)
        z += pivot(table, value, rate, rows, columns, leaving, entering)
        nonbasic[entering] = basic[leaving]
        basic[leaving] = variable
        if unlimited:
            rows = drop_row(table, value, basic, rows, columns, leaving)
    return rows, z


@inner_loop
def multipliers_of(
    value: Any, basic: Any, flipped: Any, largest: Any, rows: int, multiplier: Any
) -> Any:
    """Fill in the multipliers of a tableau."""
    count = len(flipped)
    for r in range(count):
        multiplier[r] = largest[r] if flipped[r] else 0.0
    for r in range(rows):
        variable = basic[r]
        if variable < count:
            given = min(max(value[r], 0.0), largest[variable])
            multiplier[variable] = (
                largest[variable] - given if flipped[variable] else given
            )


@inner_loop
def proven(start: Any, row_of: Any, opening: Any, state: Any, multiplier: Any) -> Any:
    """Return the bound that multipliers prove, computed anew."""
    total = 0.0
    for r in range(len(multiplier)):
        total += multiplier[r]
    for j in range(len(opening)):
        slack = opening[j]
        for link in range(start[j], start[j + 1]):
            slack -= multiplier[row_of[link]]
        if state[j] == 1 or (state[j] == 0 and slack < 0.0):
            total += slack
    return total


@inner_loop
def is_uncovered(
    start: Any, row_of: Any, state: Any, largest: Any, covered: Any
) -> Any:
    """Return whether a row without a penalty has closed sites only."""
    for r in range(len(covered)):
        covered[r] = False
    for j in range(len(state)):
        if state[j] != -1:
            for link in range(start[j], start[j + 1]):
                covered[row_of[link]] = True
    uncovered = False
    for r in range(len(covered)):
        uncovered = uncovered or (not covered[r] and largest[r] == np.inf)
    return uncovered


@inner_loop
def penalties(
    table: Any, value: Any, basic: Any, largest: Any, rows: int, column: int
) -> Any:
    """Return how far a site's s can rise and fall before a basic variable is at an end."""
    rise = fall = np.inf
    for r in range(rows):
        entry = table[r, column]
        limit = largest[basic[r]]
        if entry > EPSILON:
            rise = min(rise, value[r] / entry)
            if limit < np.inf:
                fall = min(fall, (limit - value[r]) / entry)
        elif entry < -EPSILON:
            fall = min(fall, -value[r] / entry)
            if limit < np.inf:
                rise = min(rise, (value[r] - limit) / entry)
    return rise, fall


@inner_loop
def copy_without_covered(
    table: Any,
    rate: Any,
    nonbasic: Any,
    flipped: Any,
    covered: Any,
    rows: int,
    columns: int,
    to_table: Any,
    to_rate: Any,
    to_nonbasic: Any,
    kept: Any,
) -> Any:
    """Copy a tableau without the multipliers that are 0 and stay so.

    Those of the rows that an open site covers no longer raise the bound.
    """
    count = 0
    for c in range(columns):
        variable = nonbasic[c]
        if variable >= len(flipped) or flipped[variable] or not covered[variable]:
            kept[count] = c
            to_rate[count] = rate[c]
            to_nonbasic[count] = variable
            count += 1
    for r in range(rows):
        for c in range(count):
            to_table[r, c] = table[r, kept[c]]
    return count


@loop(
    lambda start, row_of, opening, largest, *given: (
        given[-1] * len(opening) * len(largest)
    )
)
def search(
    start: Any,
    row_of: Any,
    opening: Any,
    largest: Any,
    incumbent: Any,
    counts: Any,
    tables: Any,
    values: Any,
    rates: Any,
    basics: Any,
    nonbasics: Any,
    flips: Any,
    states: Any,
    sizes: Any,
    bounds: Any,
    branches: Any,
    gains: Any,
    numbers: Any,
    nodes: int,
) -> Any:
    """Go on with the search, for a number of nodes.

    Parameters
    ----------
    start, row_of
        Rows of each site, one site after the other.
    opening
        Cost of opening each site, shape (J,).
    largest
        Penalties of the R rows, then infinite for the s of the sites, shape (R + J,).
    incumbent
        The best answer found; filled in, shape (J,).
    counts, numbers
        The state of the search; see their entries.
    tables, values, rates, basics, nonbasics, flips, states
        A tableau for each depth, and what is fixed there; changed in place.
    sizes
        Rows and columns of the tableaus, shape (depths, 2).
    bounds
        z of each depth, and the share of the site that it branches on which the linear
        program opens, shape (depths, 2).
    branches
        Site that each depth branches on, and whether its second branch is left, shape
        (depths, 2).
    gains
        Of each site: sum and number of the gains by opening and by closing it, for each
        unit, shape (J, 4).
    nodes
        Most nodes.

    Returns
    -------
    int
        How it ended.
    """
    sites, multipliers = len(opening), len(largest) - len(opening)
    multiplier = np.empty(multipliers)
    covered = np.empty(multipliers, dtype=np.bool_)
    kept = np.empty(rates.shape[1], dtype=np.int64)
    share = np.empty(sites)
    place = np.empty(sites, dtype=np.int64)
    scale = 0.0
    for j in range(sites):
        scale += opening[j]
    least_gain = LEAST_GAIN * scale / sites
    depth, down, done = counts[DEPTH], counts[GOING_DOWN] != 0, 0
    ended = FINISHED
    while depth >= 0:
        side = 1
        if down:
            if done >= nodes:
                ended = PAUSED
                break
            done += 1
            table, value, rate = tables[depth], values[depth], rates[depth]
            basic, nonbasic = basics[depth], nonbasics[depth]
            flipped, state = flips[depth], states[depth]
            rows, columns = sizes[depth, 0], sizes[depth, 1]
            z = inherited = bounds[depth, 0]
            branch, pruned, first = -1, False, True
            while True:
                target = numbers[TARGET]
                rows, z = raise_objective(
                    table,
                    value,
                    rate,
                    basic,
                    nonbasic,
                    flipped,
                    state,
                    largest,
                    rows,
                    columns,
                    z,
                    target,
                )
                if z == np.inf:
                    if not is_uncovered(start, row_of, state, largest, covered):
                        numbers[DRIFT] = np.inf
                    pruned = True
                    break
                multipliers_of(value, basic, flipped, largest, rows, multiplier)
                safe = proven(start, row_of, opening, state, multiplier)
                numbers[DRIFT] = max(numbers[DRIFT], abs(z - safe))
                if first and depth > 0:
                    first = False
                    above = branches[depth - 1, 0]
                    entry = 0 if state[above] == 1 else 2
                    unit = bounds[depth - 1, 1]
                    if entry == 0:
                        unit = 1.0 - unit
                    gains[above, entry] += (z - inherited) / unit
                    gains[above, entry + 1] += 1.0
                if z >= target:
                    pruned = True
                    break
                r = 0
                while r < rows:
                    j = basic[r] - multipliers
                    if j >= 0 and (state[j] != 0 or z + value[r] >= target):
                        state[j] = -1 if state[j] == 0 else state[j]
                        rows = drop_row(table, value, basic, rows, columns, r)
                    else:
                        r += 1
                for j in range(sites):
                    place[j] = -1
                for c in range(columns):
                    j = nonbasic[c] - multipliers
                    if j >= 0 and state[j] == 0:
                        share[j] = -rate[c]
                        place[j] = c
                fractional, fixed, best = 0, False, -1.0
                for j in range(sites):
                    c = place[j]
                    if c < 0 or share[j] < FRACTION or share[j] > 1.0 - FRACTION:
                        continue
                    fractional += 1
                    rise, fall = penalties(table, value, basic, largest, rows, c)
                    up, at_once = (1.0 - share[j]) * rise, share[j] * fall
                    if z + up >= target:
                        state[j] = -1
                        fixed = True
                        break
                    if z + at_once >= target:
                        state[j] = 1
                        rate[c] += 1.0
                        fixed = True
                        break
                    if gains[j, 1] > 0.0:
                        up = max(up, (1.0 - share[j]) * gains[j, 0] / gains[j, 1])
                    if gains[j, 3] > 0.0:
                        at_once = max(at_once, share[j] * gains[j, 2] / gains[j, 3])
                    score = max(up, least_gain) * max(at_once, least_gain)
                    if score > best:
                        best, branch = score, j
                if fixed:
                    continue
                if fractional == 0:
                    for j in range(sites):
                        incumbent[j] = state[j] == 1 or (
                            place[j] >= 0 and share[j] > 0.5
                        )
                    counts[FOUND] = 1
                    numbers[TARGET] = z
                    pruned = True
                break
            if pruned:
                depth, down = depth - 1, False
                continue
            sizes[depth, 0], bounds[depth, 0] = rows, z
            branches[depth, 0], branches[depth, 1] = branch, 1
            bounds[depth, 1] = share[branch]
        elif branches[depth, 1] == 0:
            depth -= 1
            continue
        else:
            branches[depth, 1], side = 0, -1
        if depth + 1 >= len(bounds):
            # The same node again, once there is room below it.
            branches[depth, 1] = 0
            ended, down = TOO_DEEP, True
            break
        below, site = depth + 1, branches[depth, 0]
        rows, columns = sizes[depth, 0], sizes[depth, 1]
        for j in range(sites):
            states[below, j] = states[depth, j]
        states[below, site] = side
        for r in range(multipliers):
            covered[r] = False
            flips[below, r] = flips[depth, r]
        for j in range(sites):
            if states[below, j] == 1:
                for link in range(start[j], start[j + 1]):
                    covered[row_of[link]] = True
        for r in range(rows):
            values[below, r] = values[depth, r]
            basics[below, r] = basics[depth, r]
        columns = copy_without_covered(
            tables[depth],
            rates[depth],
            nonbasics[depth],
            flips[depth],
            covered,
            rows,
            columns,
            tables[below],
            rates[below],
            nonbasics[below],
            kept,
        )
        if side == 1:
            for c in range(columns):
                if nonbasics[below, c] == multipliers + site:
                    rates[below, c] += 1.0
        sizes[below, 0], sizes[below, 1] = rows, columns
        bounds[below, 0] = bounds[depth, 0]
        branches[below, 1] = 0
        depth, down = below, True
    counts[DEPTH], counts[GOING_DOWN] = depth, 1 if down else 0
    counts[NODES] += done
    return ended
