"""Compiled costs of given loads in a given order, and loads that suit an order.

With the order fixed, a part of y Gbit arrives over the links 1 … k of its way at
max_l (free_l + y (s_l + … + s_k)), free_l being when the part before it has left link l.
"""

from __future__ import annotations

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop


@loop(lambda parent, *_: 4 * len(parent) ** 2)
def costs(  # type: ignore[no-untyped-def]
    parent, step, computing, relay, order, loads, free, flow, spent, path
):
    """Return (largest cost with true times, largest cost by eqs (5) and (6)).

    ``free``, ``flow`` and ``path`` are scratch of shape (n,); ``spent`` is filled in
    with what each server pays for relaying. Loads of zero are not parts: with true
    times they wait for nobody, by eq (6) they do.
    """
    n = len(parent)
    spent[:] = 0.0
    for server in range(n):
        flow[server] = loads[server]
    for server in range(n - 1, 0, -1):
        flow[parent[server]] += flow[server]
        spent[parent[server]] += relay[server] * flow[server]
    free[:] = 0.0
    flow[:] = 0.0
    largest, estimated = 0.0, 0.0
    for server in order:
        load = loads[server]
        waits = 0.0
        node = server
        while node >= 0:
            flow[node] += load
            waits += flow[node] * step[node]
            node = parent[node]
        own = computing[server] * load + spent[server]
        estimated = max(estimated, waits + own)
        if load > 0.0:
            own += send(parent, step, server, load, free, path)
        largest = max(largest, own)
    return largest, estimated


@inner_loop
def send(parent, step, server, load, free, path):  # type: ignore[no-untyped-def]
    """Send one part; return when it arrives, and update when links are free again."""
    depth = 0
    node = server
    while node >= 0:
        path[depth] = node
        depth += 1
        node = parent[node]
    now = 0.0
    for k in range(depth - 1, -1, -1):
        node = path[k]
        now = max(now, free[node]) + load * step[node]
        free[node] = now
    return now


@loop(lambda parent, *given: given[-1] * len(parent) ** 2)
def order_value(  # type: ignore[no-untyped-def]
    parent, step, computing, relay, order, loads, trial, free, flow, spent, path, sweeps
):
    """Return how much load ``order`` takes at true cost 1 by equalising, in Gbit.

    One after the other, each part is made as large as its server's budget allows.
    Relaying takes from the budget what is sent later, so this is repeated with what
    relaying took in the sweep before. Any loads are feasible once scaled, so the best
    sweep counts; ``loads`` is filled in with its loads, scaled to cost 1. The other
    arrays are scratch.
    """
    spent[:] = 0.0
    best = 0.0
    for _ in range(sweeps):
        free[:] = 0.0
        for server in order:
            tail = computing[server]
            load = np.inf
            node = server
            while node >= 0:
                tail += step[node]
                load = min(load, (1.0 - spent[server] - free[node]) / tail)
                node = parent[node]
            trial[server] = max(load, 0.0)
            if load > 0.0:
                send(parent, step, server, load, free, path)
        cost, _ = costs(
            parent, step, computing, relay, order, trial, free, flow, spent, path
        )
        value = 0.0
        for server in range(len(trial)):
            value += trial[server]
        value /= cost
        improved = value > best * (1.0 + 1e-13)
        if value > best:
            best = value
            for server in range(len(loads)):
                loads[server] = trial[server] / cost
        if not improved:
            break
    return best
