"""The depth-first enumeration of :mod:`optkit.discovery.exact.choice_enumeration`."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import loop


@loop(lambda table, *given: table.shape[2] * table.shape[1] ** min(9, table.shape[0]))
def surviving_choices(
    table: Any,
    allowed: Any,
    start: Any,
    rest: Any,
    energy_prices: Any,
    rules: int,
    need: float,
    room: float,
    base: float,
    relative: float,
    tolerance: float,
    prefix: Any,
    target: float,
    choices: Any,
    lower: Any,
) -> int:
    """Fill in the choices that may be better than the target; return how many there are.

    Parameters
    ----------
    table
        Terms of each candidate of each group, shape (g, J, terms): those of the bounds
        without a limit on the energy, of the bounds with one, and of the rules' sums of
        gains in agent mode, of gains taken from the other row, and of extra energy.
    allowed
        Candidates that keep the rules on agents, shape (g, J).
    start
        Constants of these sums, shape (terms,).
    rest
        Least sum of the first terms over the groups from each one on, shape (g + 1, b).
    energy_prices
        ν of the bounds with a limit, shape (l,).
    rules
        Number of rules.
    need, room
        Least and largest sum of a rule that keeps the rows.
    base, relative, tolerance
        Energy without agent mode, and the follower's tolerance: a share of the energy, or
        so many joules if that is more.
    prefix
        Candidates of the first groups.
    target
        Bounds from which a choice is left out.
    choices, lower
        Room for the choices and their bounds, shapes (n, g) and (n,).

    Returns
    -------
    int
        At most n; n + 1 if there are more.
    """
    groups, candidates, terms = table.shape
    bounding, limiting = rest.shape[1], len(energy_prices)
    first_rule = bounding + limiting
    sums = np.zeros((groups + 1, terms))
    for k in range(terms):
        sums[0, k] = start[k]
    chosen = np.zeros(groups, dtype=np.int64)
    fixed, count, level = len(prefix), 0, 0
    chosen[0] = prefix[0] if fixed else 0
    while level >= 0:
        candidate = chosen[level]
        if candidate >= candidates:
            level -= 1
            if level >= fixed:
                chosen[level] += 1
                continue
            break
        keep = allowed[level, candidate]
        for k in range(bounding):
            if not keep:
                break
            value = sums[level, k] + table[level, candidate, k]
            sums[level + 1, k] = value
            if value + rest[level + 1, k] >= target:
                keep = False
        if keep and level + 1 < groups:
            for k in range(bounding, terms):
                sums[level + 1, k] = sums[level, k] + table[level, candidate, k]
            level += 1
            chosen[level] = prefix[level] if level < fixed else 0
            continue
        if keep:
            bound = -np.inf
            for k in range(bounding):
                bound = max(bound, sums[groups, k])
            most = np.inf
            for r in range(first_rule, first_rule + rules):
                agents = sums[level, r] + table[level, candidate, r]
                if agents < need:
                    continue
                selves = sums[level, r + rules] + table[level, candidate, r + rules]
                if selves > room:
                    continue
                extra = (
                    sums[level, r + 2 * rules] + table[level, candidate, r + 2 * rules]
                )
                most = min(most, extra)
            limited = most < np.inf
            if limited:
                most += max(relative * abs(base + most), tolerance)
            for k in range(bounding, first_rule):
                price = energy_prices[k - bounding]
                value = sums[level, k] + table[level, candidate, k]
                if price == 0.0:
                    bound = max(bound, value)
                elif limited:
                    bound = max(bound, value - price * most)
                if bound >= target:
                    break
            if bound < target:
                if count == len(choices):
                    return count + 1
                for g in range(groups):
                    choices[count, g] = chosen[g]
                lower[count] = bound
                count += 1
        if level < fixed:
            break
        chosen[level] += 1
    return count


@loop(lambda table, *given: table.shape[2] * given[-1].size)
def raise_bounds(
    table: Any,
    start: Any,
    energy_prices: Any,
    rules: int,
    need: float,
    room: float,
    base: float,
    relative: float,
    tolerance: float,
    lower: Any,
    choices: Any,
) -> None:
    """Raise the bounds on complete choices, by limits on the follower's energy.

    Parameters are those of :func:`surviving_choices`; there are no bounds without a limit,
    and candidates and groups are in the order of the problem.
    """
    limiting = len(energy_prices)
    terms = table.shape[2]
    sums = np.zeros(terms)
    for n in range(len(choices)):
        for k in range(terms):
            sums[k] = start[k]
        for g in range(choices.shape[1]):
            candidate = choices[n, g]
            for k in range(terms):
                sums[k] += table[g, candidate, k]
        most = np.inf
        for r in range(limiting, limiting + rules):
            if sums[r] >= need and sums[r + rules] <= room:
                most = min(most, sums[r + 2 * rules])
        limited = most < np.inf
        if limited:
            most += max(relative * abs(base + most), tolerance)
        for k in range(limiting):
            if energy_prices[k] == 0.0:
                lower[n] = max(lower[n], sums[k])
            elif limited:
                lower[n] = max(lower[n], sums[k] - energy_prices[k] * most)
