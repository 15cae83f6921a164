"""The compiled loops of knapsack interdiction."""

from __future__ import annotations

from typing import Any

from optkit.core.runtime.loops import inner_loop, loop

_INFINITE = 2**62


@loop(
    lambda values, start, u_low, u_high, l_low, l_high, u_rest, i, *_: (
        4 * (u_high[i] - u_low[i] + 1) * (l_high[i] - l_low[i] + 1)
    )
)
def fill_table(
    values: Any, start: Any, u_low: Any, u_high: Any, l_low: Any, l_high: Any,
    u_rest: Any, i: int, cost: int, weight: int, profit: int,
) -> None:  # fmt: skip
    """Fill table i from table i + 1; cost and weight are in the tables' units."""
    next_i = i + 1
    width = l_high[i] - l_low[i] + 1
    width_next = l_high[next_i] - l_low[next_i] + 1
    for u in range(u_low[i], u_high[i] + 1):
        if u >= u_rest[i]:
            continue  # everything that is left is forbidden
        row = start[i] + (u - u_low[i]) * width
        # Rows of the next table: for u, and for u less this item's cost.
        leave_zero = u >= u_rest[next_i]
        leave_row = start[next_i]
        leave_row += (min(u, u_high[next_i]) - u_low[next_i]) * width_next
        affordable = u >= cost
        v = u - cost
        forbid_zero = affordable and v >= u_rest[next_i]
        forbid_row = start[next_i]
        if affordable and not forbid_zero:
            forbid_row += (min(v, u_high[next_i]) - u_low[next_i]) * width_next
        for room in range(l_low[i], l_high[i] + 1):
            at = min(room, l_high[next_i]) - l_low[next_i]
            best = 0 if leave_zero else values[leave_row + at]
            if room >= weight:
                inside = min(room - weight, l_high[next_i]) - l_low[next_i]
                packed = profit
                if not leave_zero:
                    packed += values[leave_row + inside]
                best = max(best, packed)
            if affordable:
                forbidden = 0 if forbid_zero else values[forbid_row + at]
                best = min(best, forbidden)
            values[row + room - l_low[i]] = best


@loop(lambda *given: len(given[-1]))
def subtree_bound(
    values: Any, start: Any, u_low: Any, u_high: Any, l_low: Any, l_high: Any,
    u_rest: Any, unit_u: int, unit_l: int, i: int, budget: int, packed: Any,
) -> Any:  # fmt: skip
    """Return the largest g(c) + f_i(budget, capacity - c), where g is ``packed``."""
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


@inner_loop
def pack_item(before: Any, after: Any, weight: int, profit: int) -> None:
    """Let the follower choose whether to pack one more item: a step of its recursion."""
    for c in range(len(before)):
        value = before[c]
        if c >= weight:
            value = max(value, before[c - weight] + profit)
        after[c] = value


@loop(lambda *given: given[-1] * 3 * given[12].shape[1])
def advance(
    values: Any, start: Any, u_low: Any, u_high: Any, l_low: Any, l_high: Any,
    u_rest: Any, unit_u: int, unit_l: int, cost: Any, weight: Any, profit: Any,
    packed: Any, choice: Any, branches_tried: Any, bounds: Any, budget: Any, incumbent: Any,
    state: Any, nodes: int,
) -> None:  # fmt: skip
    """Continue the search by so many nodes; see :class:`KnapsackSearch`."""
    n = len(cost)
    depth, best, explored = state[0], state[1], state[2]
    stop = explored + nodes
    while depth >= 0 and explored < stop:
        i = depth
        if i == n:
            value = packed[n, -1]
            if value < best:
                best = value
                for k in range(n):
                    incumbent[k] = choice[k]
            depth -= 1
            continue
        if branches_tried[i] == 0:
            explored += 1
            pack_item(packed[i], packed[i + 1], weight[i], profit[i])
            bounds[i, 0] = subtree_bound(
                values, start, u_low, u_high, l_low, l_high, u_rest, unit_u, unit_l,
                i + 1, budget[i], packed[i + 1],
            )  # fmt: skip
            bounds[i, 1] = _INFINITE
            if budget[i] >= cost[i]:
                bounds[i, 1] = subtree_bound(
                    values, start, u_low, u_high, l_low, l_high, u_rest, unit_u, unit_l,
                    i + 1, budget[i] - cost[i], packed[i],
                )  # fmt: skip
            branch = 1 if bounds[i, 1] <= bounds[i, 0] else 0
        else:
            branch = 1 - choice[i]
        if branches_tried[i] == 2 or bounds[i, branch] >= best:
            branches_tried[i] = 0
            depth -= 1
            continue
        branches_tried[i] += 1
        choice[i] = branch
        if branch == 1:
            for c in range(packed.shape[1]):
                packed[i + 1, c] = packed[i, c]
            budget[i + 1] = budget[i] - cost[i]
        else:
            pack_item(packed[i], packed[i + 1], weight[i], profit[i])
            budget[i + 1] = budget[i]
        depth += 1
    state[0] = max(depth, 0)
    state[1], state[2] = best, explored
    if depth < 0:
        state[3] = 1
