"""One round of the bound that counts relaying, in linear time."""

from __future__ import annotations

import numpy as np

from optkit.core.runtime.loops import loop

PER_SERVER = 15
"""Steps of other loops that one server's logarithms take in plain Python."""


@loop(lambda parent, *_: PER_SERVER * len(parent))
def tighten(parent, distance, own, relay, target, most, loss, slack):  # type: ignore[no-untyped-def]
    """Do one round; return the largest relative change of any subtree's bound.

    Parameters
    ----------
    parent, distance, own, relay
        As in :class:`~optkit.allocation.problem.sink_tree.SinkTree`.
    target
        What each root's subtree is known to take.
    most
        Each root's bound so far; lowered here.
    loss
        ρ, the share of its budget that each server cannot but spend on relaying; set
        here for the next round.
    slack
        Relative slack for the rounding of what a subtree takes without a block.
    """
    count = len(parent)
    capacity, logs, plain = np.zeros(count), np.zeros(count), np.zeros(count)
    for server in range(count - 1, 0, -1):
        d = distance[server]
        alone = (1.0 - loss[server]) / own[server]
        if d > 0.0:
            logs[server] += np.log1p(-d * alone)
            capacity[server] = -np.expm1(logs[server]) / d
        else:
            capacity[server] = plain[server] + alone
        above = parent[server]
        if above > 0:
            plain[above] += capacity[server]
            if distance[above] > 0.0:
                logs[above] += np.log1p(-distance[above] * capacity[server])
    largest_change = 0.0
    loss[:] = 0.0
    # A block's κ is affine in each item's: 1 − D κ_block = (1 − D κ_item) · (the others).
    # So taking the block at c out lowers the whole subtree's κ by weight_c κ_c, where the
    # weight is the product of "the others" on the way up.
    weight = np.ones(count)
    root = np.zeros(count, dtype=np.int64)
    for server in range(1, count):
        above = parent[server]
        if above == 0:
            root[server] = server
            if capacity[server] < most[server]:
                before = most[server]
                change = 1.0 if before == np.inf else 1.0 - capacity[server] / before
                largest_change = max(largest_change, change)
                most[server] = capacity[server]
            continue
        root[server] = root[above]
        weight[server] = weight[above]
        if distance[above] > 0.0:
            own_log = np.log1p(-distance[above] * capacity[server])
            weight[server] *= np.exp(logs[above] - own_log)
        top = root[server]
        if relay[server] == 0.0 or most[top] <= target[top]:
            continue
        without = capacity[top] - weight[server] * capacity[server]
        least = target[top] - without - slack * capacity[top]
        if least > 0.0:
            loss[above] = min(1.0, loss[above] + relay[server] * least)
    return largest_change
