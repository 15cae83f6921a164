"""The compiled loops of knapsack interdiction; importing this loads numba."""

from __future__ import annotations

from typing import Any

from optkit.core.runtime.compiled import compiled

_MUCH = 2**62


@compiled
def fill(
    values: Any, start: Any, u_low: Any, u_high: Any, l_low: Any, l_high: Any,
    u_rest: Any, i: int, cost: int, weight: int, profit: int,
) -> None:  # fmt: skip
    """Fill table i from table i + 1."""
    nxt = i + 1
    width = l_high[i] - l_low[i] + 1
    width_next = l_high[nxt] - l_low[nxt] + 1
    for u in range(u_low[i], u_high[i] + 1):
        if u >= u_rest[i]:
            continue  # everything that is left is forbidden
        row = start[i] + (u - u_low[i]) * width
        # What the next table says of u, and of u less this item's cost.
        left_zero = u >= u_rest[nxt]
        row_left = start[nxt] + (min(u, u_high[nxt]) - u_low[nxt]) * width_next
        can = u >= cost
        v = u - cost
        cut_zero = can and v >= u_rest[nxt]
        row_cut = start[nxt]
        if can and not cut_zero:
            row_cut += (min(v, u_high[nxt]) - u_low[nxt]) * width_next
        for room in range(l_low[i], l_high[i] + 1):
            at = min(room, l_high[nxt]) - l_low[nxt]
            best = 0 if left_zero else values[row_left + at]
            if room >= weight:
                inside = min(room - weight, l_high[nxt]) - l_low[nxt]
                packed = profit
                if not left_zero:
                    packed += values[row_left + inside]
                best = max(best, packed)
            if can:
                forbidden = 0 if cut_zero else values[row_cut + at]
                best = min(best, forbidden)
            values[row + room - l_low[i]] = best


@compiled
def bound(
    values: Any, start: Any, u_low: Any, u_high: Any, l_low: Any, l_high: Any,
    u_rest: Any, unit_u: int, unit_l: int, i: int, budget: int, packed: Any,
) -> Any:  # fmt: skip
    """Return the largest g(c) + f_i(budget, capacity - c)."""
    capacity = len(packed) - 1
    u = budget // unit_u
    if u >= u_rest[i]:
        return packed[capacity]
    width = l_high[i] - l_low[i] + 1
    row = start[i] + (min(u, u_high[i]) - u_low[i]) * width
    best = 0
    for room in range(l_low[i], l_high[i] + 1):
        c = capacity - room * unit_l
        if c < 0:
            break
        value = packed[c] + values[row + room - l_low[i]]
        if value > best:
            best = value
    return best


@compiled
def leave(before: Any, after: Any, weight: int, profit: int) -> None:
    """Let the follower pack one more item: one step of its knapsack recursion."""
    for c in range(len(before)):
        value = before[c]
        if c >= weight:
            value = max(value, before[c - weight] + profit)
        after[c] = value


@compiled
def advance(
    values: Any, start: Any, u_low: Any, u_high: Any, l_low: Any, l_high: Any,
    u_rest: Any, unit_u: int, unit_l: int, cost: Any, weight: Any, profit: Any,
    packed: Any, choice: Any, second: Any, bounds: Any, budget: Any, answer: Any,
    state: Any, nodes: int,
) -> None:  # fmt: skip
    """Go on with the search; see :class:`Search`."""
    n = len(cost)
    depth, best, tried = state[0], state[1], state[2]
    stop = tried + nodes
    while depth >= 0 and tried < stop:
        i = depth
        if i == n:
            value = packed[n, -1]
            if value < best:
                best = value
                for k in range(n):
                    answer[k] = choice[k]
            depth -= 1
            continue
        if second[i] == 0:
            tried += 1
            leave(packed[i], packed[i + 1], weight[i], profit[i])
            bounds[i, 0] = bound(
                values, start, u_low, u_high, l_low, l_high, u_rest, unit_u, unit_l,
                i + 1, budget[i], packed[i + 1],
            )  # fmt: skip
            bounds[i, 1] = _MUCH
            if budget[i] >= cost[i]:
                bounds[i, 1] = bound(
                    values, start, u_low, u_high, l_low, l_high, u_rest, unit_u, unit_l,
                    i + 1, budget[i] - cost[i], packed[i],
                )  # fmt: skip
            branch = 1 if bounds[i, 1] <= bounds[i, 0] else 0
        else:
            branch = 1 - choice[i]
        if second[i] == 2 or bounds[i, branch] >= best:
            second[i] = 0
            depth -= 1
            continue
        second[i] += 1
        choice[i] = branch
        if branch == 1:
            for c in range(packed.shape[1]):
                packed[i + 1, c] = packed[i, c]
            budget[i + 1] = budget[i] - cost[i]
        else:
            leave(packed[i], packed[i + 1], weight[i], profit[i])
            budget[i + 1] = budget[i]
        depth += 1
    state[0] = max(depth, 0)
    state[1], state[2] = best, tried
    if depth < 0:
        state[3] = 1
