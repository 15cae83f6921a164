"""The loops of :mod:`optkit.discovery.bounds.facility_location`.

Links are sorted by client, then by cost: those of client i are ``start[i]`` up to
``start[i + 1]``; ``site`` and ``cost`` are theirs. ``fixed`` says of each site whether it
is free (0), open (1) or closed (-1).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import loop


@loop(lambda start, site, *_: 10 * len(site))
def ascend(start: Any, site: Any, cost: Any, opening: Any) -> Any:
    """Return multipliers by dual ascent (Bilde and Krarup 1977, Erlenkotter 1978).

    Every client's multiplier is raised from link cost to link cost, as long as no site
    would be paid more than its opening costs.
    """
    clients = len(start) - 1
    slack = opening.copy()
    duals = np.empty(clients)
    reached = np.empty(clients, dtype=np.int64)
    for i in range(clients):
        duals[i] = cost[start[i]]
        reached[i] = start[i]
        while reached[i] < start[i + 1] and cost[reached[i]] <= duals[i]:
            reached[i] += 1
    raised = True
    while raised:
        raised = False
        for i in range(clients):
            room = np.inf
            for link in range(start[i], reached[i]):
                room = min(room, slack[site[link]])
            if room <= 0.0:
                continue
            following = np.inf
            if reached[i] < start[i + 1]:
                following = cost[reached[i]] - duals[i]
            step = min(room, following)
            for link in range(start[i], reached[i]):
                slack[site[link]] -= step
            if following <= room:
                duals[i] = cost[reached[i]]
                while reached[i] < start[i + 1] and cost[reached[i]] <= duals[i]:
                    reached[i] += 1
                raised = True
            else:
                duals[i] += step
    return duals


@loop(lambda start, site, *given: given[-1] * len(site))
def raise_bound(
    start: Any,
    site: Any,
    cost: Any,
    opening: Any,
    fixed: Any,
    first: Any,
    target: float,
    rounds: int,
) -> Any:
    """Raise the Lagrangian bound by subgradient steps along averaged directions.

    Parameters
    ----------
    start, site, cost, opening, fixed
        The problem.
    first
        Multipliers to begin with, shape (clients,).
    target
        Value at which the search ends: the cost of a known answer.
    rounds
        Most steps.

    Returns
    -------
    tuple
        The best value, its multipliers, the cost of opening each site less what clients
        pay there, shape (sites,), and the share of rounds in which each site was open.
    """
    clients, sites = len(start) - 1, len(opening)
    duals = first.copy()
    best_duals = first.copy()
    slack = np.empty(sites)
    best_slack = opening.copy()
    share = np.zeros(sites)
    direction = np.zeros(clients)
    best = -np.inf
    stale, step = 0, 1.0  # the share of the distance to the target aimed at
    for number in range(rounds + 1):
        for j in range(sites):
            slack[j] = opening[j]
        value = 0.0
        for i in range(clients):
            dual = duals[i]
            value += dual
            for link in range(start[i], start[i + 1]):
                if cost[link] >= dual:
                    break
                slack[site[link]] -= dual - cost[link]
        for j in range(sites):
            if fixed[j] == 1 or (fixed[j] == 0 and slack[j] < 0.0):
                value += slack[j]
        weight = max(0.05, 1.0 / (number + 1.0))
        for j in range(sites):
            is_open = fixed[j] == 1 or (fixed[j] == 0 and slack[j] < 0.0)
            share[j] += weight * ((1.0 if is_open else 0.0) - share[j])
        if value > best:
            if value > best + 1e-4 * abs(target - best):
                stale = 0
            else:
                stale += 1
            best = value
            best_duals[:] = duals
            best_slack[:] = slack
        else:
            stale += 1
        if best >= target or number == rounds:
            break
        if stale >= 20:
            # Smaller steps, from the best point.
            step *= 0.7
            stale = 0
            if step < 1e-3:
                break
            duals[:] = best_duals
            direction[:] = 0.0
            for j in range(sites):
                slack[j] = best_slack[j]
            value = best
        length = 0.0
        for i in range(clients):
            dual = duals[i]
            change = 1.0
            for link in range(start[i], start[i + 1]):
                if cost[link] >= dual:
                    break
                j = site[link]
                if fixed[j] == 1 or (fixed[j] == 0 and slack[j] < 0.0):
                    change -= 1.0
            direction[i] = 0.7 * direction[i] + 0.3 * change
            length += direction[i] * direction[i]
        if length < 1e-14:
            break
        stretch = step * max(target - value, 1e-9 * abs(target)) / length
        for i in range(clients):
            duals[i] += stretch * direction[i]
    return best, best_duals, best_slack, share


@loop(lambda start, site, *_: 60 * len(site))
def improve(
    start: Any,
    site: Any,
    cost: Any,
    opening: Any,
    opened: Any,
    site_start: Any,
    site_client: Any,
    site_cost: Any,
) -> Any:
    """Open, close and exchange sites while that saves cost; the best move first.

    Parameters
    ----------
    start, site, cost, opening
        The problem.
    opened
        Open sites to begin with, shape (sites,); changed in place.
    site_start, site_client, site_cost
        The same links sorted by site.

    Returns
    -------
    float
        Cost of the open sites and of each client's cheapest link to one.
    """
    clients, sites = len(start) - 1, len(opening)
    nearest = np.empty(clients)
    second = np.empty(clients)
    server = np.empty(clients, dtype=np.int64)
    gain = np.empty(sites)
    loss = np.empty(sites)
    alone = np.empty(sites, dtype=np.int64)
    loss_here = np.zeros(sites)
    alone_here = np.zeros(sites, dtype=np.int64)
    total = np.inf
    for _ in range(20 * sites + 20):
        for j in range(sites):
            gain[j] = -opening[j]
            loss[j] = -opening[j]
            alone[j] = 0
        total = 0.0
        unserved = False
        for i in range(clients):
            server[i] = -1
            second[i] = np.inf
            for link in range(start[i], start[i + 1]):
                if opened[site[link]]:
                    if server[i] < 0:
                        server[i] = site[link]
                        nearest[i] = cost[link]
                    else:
                        second[i] = cost[link]
                        break
            if server[i] < 0:
                unserved = True
        if unserved:
            # Open the site that serves most of the unserved clients for its cost.
            best_rate, best_site = np.inf, -1
            for j in range(sites):
                if opened[j]:
                    continue
                count, sum_cost = 0, opening[j]
                for link in range(site_start[j], site_start[j + 1]):
                    if server[site_client[link]] < 0:
                        count += 1
                        sum_cost += site_cost[link] - cost[start[site_client[link]]]
                if count > 0 and (sum_cost + 1e-9) / count < best_rate:
                    best_rate, best_site = (sum_cost + 1e-9) / count, j
            opened[best_site] = True
            continue
        for j in range(sites):
            if opened[j]:
                total += opening[j]
        for i in range(clients):
            total += nearest[i]
            for link in range(start[i], start[i + 1]):
                if cost[link] >= nearest[i]:
                    break
                gain[site[link]] += nearest[i] - cost[link]
            if second[i] == np.inf:
                alone[server[i]] += 1
            else:
                loss[server[i]] += second[i] - nearest[i]
        least = 1e-12 * max(1.0, abs(total))
        best_change, add, drop = least, -1, -1
        for j in range(sites):
            if not opened[j] and gain[j] > best_change:
                best_change, add, drop = gain[j], j, -1
            if opened[j] and alone[j] == 0 and -loss[j] > best_change:
                best_change, add, drop = -loss[j], -1, j
        if add < 0 and drop < 0:
            for j in range(sites):
                if opened[j]:
                    continue
                for k in range(sites):
                    loss_here[k] = loss[k]
                    alone_here[k] = alone[k]
                for link in range(site_start[j], site_start[j + 1]):
                    i = site_client[link]
                    k = server[i]
                    here = site_cost[link]
                    if here >= second[i]:
                        continue
                    if second[i] == np.inf:
                        alone_here[k] -= 1
                        if here > nearest[i]:
                            loss_here[k] += here - nearest[i]
                    else:
                        loss_here[k] -= second[i] - max(here, nearest[i])
                for k in range(sites):
                    if opened[k] and alone_here[k] == 0:
                        change = gain[j] - loss_here[k]
                        if change > best_change:
                            best_change, add, drop = change, j, k
        if add < 0 and drop < 0:
            break
        if add >= 0:
            opened[add] = True
        if drop >= 0:
            opened[drop] = False
    return total
