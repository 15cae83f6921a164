"""The ascent of :mod:`optkit.discovery.bounds.triangle_bound`, by a proximal bundle."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop
from optkit.discovery.bounds.bundle_kernels import (
    CUTS,
    PRECISION,
    keep_cut,
    next_point,
)

ENOUGH = 1e-5
"""Increase, relative to the value, from which another step is worth it."""

Y, Z, DIFFERS = 1, 2, 4
"""Flags of a link: agent mode in the response, in its relaxation, and regret is paid."""


@inner_loop
def _price_options(
    cost: Any,
    agent_gain: Any,
    self_gain: Any,
    option_start: Any,
    option_cost: Any,
    forced: bool,
    relaxed_mode: Any,
    regret: Any,
    free: Any,
    current: Any,
    totals: Any,
    priced: Any,
    flags: Any,
    with_free: Any,
    link_of_free: Any,
    option_of_free: Any,
) -> None:
    """Fill in the least cost of each option, of each link, and of each free request."""
    by_agent, by_self, b = -current[0], current[1], current[2]
    z_agent, z_self = -current[3], current[4]
    for k in range(len(with_free)):
        with_free[k] = np.inf
    for option in range(len(option_cost)):
        total = option_cost[option]
        first, last = option_start[option], option_start[option + 1]
        least = np.inf
        for i in range(first, last):
            tied = regret[i] > 1.0
            fine = 0.0 if tied else b * regret[i]
            response = cost[i] + by_agent * agent_gain[i] + by_self * self_gain[i]
            relaxed = z_agent * agent_gain[i] + z_self * self_gain[i]
            on = relaxed_mode[i] > 0
            response += -fine if on else fine
            y = on if tied else response < 0.0
            z = on or (relaxed_mode[i] == 0 and relaxed < 0.0)
            link = (fine if on else 0.0) + (response if y else 0.0)
            link += relaxed if z else 0.0
            priced[i] = link
            flags[i] = Y * y + Z * z + DIFFERS * (y != on)
            if forced or link < 0.0:
                total += link
            if link < least:
                least = link
        for i in range(first, last):
            k = free[i]
            if k >= 0:
                joined = total if forced else total + max(0.0, priced[i])
                if joined < with_free[k]:
                    with_free[k] = joined
                    link_of_free[k] = i
                    option_of_free[k] = option
        if not forced and first < last and least >= 0.0:
            total += least  # C2: one request has to connect
        totals[option] = total


@inner_loop
def _add_sums(
    option: int,
    link: int,
    agent_gain: Any,
    self_gain: Any,
    option_start: Any,
    forced: bool,
    regret: Any,
    priced: Any,
    flags: Any,
    sums: Any,
) -> None:
    """Add the sums of an option, in which ``link`` is connected if it is not -1."""
    first, last = option_start[option], option_start[option + 1]
    company = link
    if not forced and link < 0:
        for i in range(first, last):
            if company < 0 or priced[i] < priced[company]:
                company = i
    for i in range(first, last):
        if forced or priced[i] < 0.0 or i == company:
            if flags[i] & Y:
                sums[0] += agent_gain[i]
                sums[1] += self_gain[i]
            if flags[i] & Z:
                sums[2] += agent_gain[i]
                sums[3] += self_gain[i]
            if flags[i] & DIFFERS:
                sums[4] += regret[i]


@inner_loop
def _cheapest_pair(
    unused: float,
    follower: float,
    pair_first: Any,
    pair_second: Any,
    pair_share: Any,
    pair_room: Any,
    free_group: Any,
    with_free: Any,
    lowest: Any,
    exempt: Any,
) -> tuple[int, float]:
    """Return the pair that costs least, and what it adds to the bound.

    For each group, ``exempt`` gets what the pairs in it add at least, without the cost of
    connecting them in this group.
    """
    for g in range(len(exempt)):
        exempt[g] = np.inf
    least, pair = np.inf, 0
    for p in range(len(pair_share)):
        k, m = pair_first[p], pair_second[p]
        granted = -follower * pair_share[p] - unused * pair_room[p]
        one = with_free[k] - lowest[free_group[k]] if k >= 0 else 0.0
        two = with_free[m] - lowest[free_group[m]] if m >= 0 else 0.0
        if k >= 0 and m >= 0 and free_group[k] == free_group[m]:
            one, two = max(one, two), 0.0
        if granted + one + two < least:
            least, pair = granted + one + two, p
        if k >= 0:
            exempt[free_group[k]] = min(exempt[free_group[k]], granted + two)
        if m >= 0:
            exempt[free_group[m]] = min(exempt[free_group[m]], granted + one)
    return pair, least


@loop(lambda cost, *given: given[-3] * (3 * len(cost) + 2_000))
def ascend(
    cost: Any,
    agent_gain: Any,
    self_gain: Any,
    option_start: Any,
    option_cost: Any,
    group_start: Any,
    need: float,
    room: float,
    forced: bool,
    relaxed_mode: Any,
    regret: Any,
    free: Any,
    free_group: Any,
    pair_first: Any,
    pair_second: Any,
    pair_share: Any,
    pair_room: Any,
    scale: Any,
    floor: Any,
    coupling: Any,
    prices: Any,
    target: float,
    rounds: int,
    chosen: Any,
    option_bound: Any,
) -> Any:
    """Return the highest bound met and its prices.

    The option of each group there is written to ``chosen``, and a bound on all choices
    with an option to ``option_bound``. The same source runs interpreted and compiled.
    Parameters and rows are those of
    :func:`optkit.discovery.bounds.triangle_bound.raise_prices`; ``scale``, ``floor`` and
    ``coupling`` are those of :func:`optkit.discovery.bounds.bundle_kernels.next_point`.
    """
    n, groups, options = len(prices), len(group_start) - 1, len(option_cost)
    totals, lowest, exempt = np.zeros(options), np.zeros(groups), np.zeros(groups)
    cheapest = np.zeros(groups, dtype=np.int64)
    priced, flags = np.zeros(len(cost)), np.zeros(len(cost), dtype=np.int64)
    with_free = np.zeros(len(free_group))
    link_of_free = np.zeros(len(free_group), dtype=np.int64)
    option_of_free = np.zeros(len(free_group), dtype=np.int64)
    sums, slope, slopes = np.zeros(5), np.zeros(n), np.zeros((CUTS, n))
    offsets, weights, ages = np.zeros(CUTS), np.zeros(CUTS), np.zeros(CUTS)
    direction, current, best_prices = np.zeros(n), prices.copy(), prices.copy()
    best, stretch, expected = -np.inf, 0.0, 0.0
    cuts, failures = 0, 0
    for k in range(n):
        current[k] = max(current[k], floor[k] - coupling[k] * max(current[2], 0.0))
    for turn in range(rounds + 1):
        final = turn == rounds or best >= target
        if final:
            for k in range(n):
                current[k] = best_prices[k]
        _price_options(
            cost,
            agent_gain,
            self_gain,
            option_start,
            option_cost,
            forced,
            relaxed_mode,
            regret,
            free,
            current,
            totals,
            priced,
            flags,
            with_free,
            link_of_free,
            option_of_free,
        )
        unused = max(0.0, -current[4])
        value = (current[0] + current[3]) * need - (current[1] + current[4]) * room
        for g in range(groups):
            lowest[g] = np.inf
            for option in range(group_start[g], group_start[g + 1]):
                if totals[option] < lowest[g]:
                    lowest[g] = totals[option]
                    cheapest[g] = option
            value += lowest[g]
        pair, least = _cheapest_pair(
            unused,
            current[2],
            pair_first,
            pair_second,
            pair_share,
            pair_room,
            free_group,
            with_free,
            lowest,
            exempt,
        )
        value += least
        if final:
            for g in range(groups):
                rest = value - lowest[g] + min(0.0, exempt[g] - least)
                for option in range(group_start[g], group_start[g + 1]):
                    option_bound[option] = rest + totals[option]
            break
        sums[:] = 0.0
        k, m = pair_first[pair], pair_second[pair]
        if k >= 0 and m >= 0 and free_group[k] == free_group[m]:
            if with_free[m] > with_free[k]:
                k = m
            m = -1
        for g in range(groups):
            option, link = cheapest[g], -1
            if k >= 0 and free_group[k] == g:
                option, link = option_of_free[k], link_of_free[k]
            if m >= 0 and free_group[m] == g:
                option, link = option_of_free[m], link_of_free[m]
            _add_sums(
                option,
                link,
                agent_gain,
                self_gain,
                option_start,
                forced,
                regret,
                priced,
                flags,
                sums,
            )
        slope[0] = need - sums[0]
        slope[1] = sums[1] - room
        slope[2] = sums[4] - pair_share[pair]
        slope[3] = need - sums[2]
        slope[4] = sums[3] - room + (pair_room[pair] if unused > 0.0 else 0.0)
        place = keep_cut(
            current, value, slope, turn, cuts, slopes, offsets, weights, ages
        )
        cuts = max(cuts, place + 1)
        if value > best:
            if turn > 0 and value - best >= 0.5 * expected:
                stretch *= 2.0
            best, failures = value, 0
            for k in range(n):
                best_prices[k] = current[k]
            for g in range(groups):
                chosen[g] = cheapest[g]
            for c in range(cuts):
                weights[c] = 0.0
            weights[place] = 1.0
        else:
            failures += 1
            if failures >= 3:
                stretch *= 0.6
        if best >= target:
            continue
        if turn == 0:
            length = 0.0
            for k in range(n):
                length += slope[k] * slope[k] * scale[k] * scale[k]
            if length < 1e-14:
                target = best  # so the next turn is the final one
                continue
            stretch = 0.5 * (target - value) / length
        enough = ENOUGH * (1.0 + abs(best))
        for _ in range(6):
            expected, error = next_point(
                best_prices,
                best,
                stretch,
                scale,
                floor,
                coupling,
                2,
                cuts,
                slopes,
                offsets,
                weights,
                direction,
                current,
            )
            if expected > enough:
                break
            # Where the cuts are flat, look further; else the weights are not right.
            stretch *= 10.0 if error <= PRECISION * max(1e-9, expected) + 1e-7 else 0.3
        if expected <= enough:
            target = best
    return best, best_prices
