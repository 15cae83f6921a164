"""Compiled loops of learning: where uploads ended, and what queues did in an interval."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import loop

EXCESS = 6
"""Lengths above what is known to join that a queue is taken to reach in an interval."""


@loop(
    lambda rows, first, last, joined, quantile, hazard, ended, at_risk, tally, upload: (
        20 * len(rows) + 6 * int(np.sum(last - first + 1))
    )
)
def follow_jobs(
    rows: Any,
    first: Any,
    last: Any,
    joined: Any,
    quantile: Any,
    hazard: Any,
    ended: Any,
    at_risk: Any,
    tally: Any,
    upload: Any,
) -> None:
    """Count jobs at risk and joins by slots since arrival, in place.

    A job that joined has done so in one of several slots; it counts in each by the
    probability that the present hazards give (the E-step for interval-censored times).

    Parameters
    ----------
    rows
        (jobs, 2): the two laws to which each job counts; the first is its own.
    first, last
        (jobs,): slots since arrival in which it was under way, or joined.
    joined
        (jobs,): whether it has joined since.
    quantile
        (jobs,): in [0, 1); which of the possible slots is taken as its upload.
    hazard
        (laws, H): P(U = x | U ≥ x).
    ended, at_risk
        (laws, H): expected joins and jobs under way; added to.
    tally
        (2, laws): joins, and joins expected by the hazards; added to.
    upload
        (jobs,): the slots of the upload; overwritten where it joined.
    """
    chance = np.zeros(hazard.shape[1])
    for job in range(len(rows)):
        begin, end, own = first[job], last[job], rows[job, 0]
        if not joined[job]:
            for side in range(2):
                law = rows[job, side]
                for x in range(begin, end + 1):
                    at_risk[law, x] += 1.0
                    tally[1, law] += hazard[law, x]
            continue
        alive, total = 1.0, 0.0
        for x in range(begin, end + 1):
            chance[x] = alive * hazard[own, x]
            total += chance[x]
            alive -= chance[x]
        if total <= 0.0:
            for x in range(begin, end + 1):
                chance[x] = 1.0
            total = end - begin + 1.0
        below = 0.0
        upload[job] = end
        for x in range(begin, end + 1):
            below += chance[x]
            if below > quantile[job] * total:
                upload[job] = x
                break
        for side in range(2):
            law = rows[job, side]
            left = 1.0
            tally[0, law] += 1.0
            for x in range(begin, end + 1):
                share = chance[x] / total
                at_risk[law, x] += left
                tally[1, law] += hazard[law, x] * left
                ended[law, x] += share
                left -= share


@loop(
    lambda start, end, known, hidden, rate, limit, done: (
        known.size * 10 * (2 * EXCESS + int(np.mean(start)) + int(np.mean(end)))
    )
)
def queue_statistics(
    start: Any, end: Any, known: Any, hidden: Any, rate: Any, limit: int, done: Any
) -> None:
    """Compute what queues did between two boundaries, in expectation (an E-step).

    Parameters
    ----------
    start, end
        (queues,): lengths at the boundaries.
    known
        (queues, t_B): jobs that are known to join in each slot.
    hidden
        (queues,): probability that another job joins in a slot.
    rate
        (queues,): probability that a service ends in a slot.
    limit
        L_max.
    done
        (queues, 3): services that ended, slots of service and joins of others;
        overwritten.
    """
    per = known.shape[1]
    forward, backward = np.zeros((per + 1, limit + 1)), np.zeros((per + 1, limit + 1))
    for queue in range(len(start)):
        joins = 0
        for slot in range(per):
            joins += known[queue, slot]
        done[queue, 0], done[queue, 1] = 0.0, 0.0
        done[queue, 2] = max(0.0, end[queue] - start[queue] - joins * 1.0)
        top = min(limit, max(start[queue] + joins, end[queue]) + EXCESS)
        ends, other = rate[queue], hidden[queue]
        for slot in range(per + 1):
            for length in range(top + 1):
                forward[slot, length] = 0.0
                backward[slot, length] = 0.0
        forward[0, min(start[queue], limit)] = 1.0
        backward[per, min(end[queue], limit)] = 1.0
        for slot in range(per - 1, -1, -1):
            total = 0.0
            for length in range(top + 1):
                for more in range(2):
                    after = min(top, length + known[queue, slot] + more)
                    chance = other if more else 1.0 - other
                    if after > 0:
                        chance *= (
                            ends * backward[slot + 1, after - 1]
                            + (1.0 - ends) * backward[slot + 1, after]
                        )
                    else:
                        chance *= backward[slot + 1, 0]
                    backward[slot, length] += chance
                total += backward[slot, length]
            if total > 0.0:
                for length in range(top + 1):
                    backward[slot, length] /= total
        possible = backward[0, min(start[queue], limit)] > 0.0
        if not possible:
            continue
        done[queue, 2] = 0.0
        for slot in range(per):
            total, left, busy, came = 0.0, 0.0, 0.0, 0.0
            for length in range(top + 1):
                here = forward[slot, length]
                if here == 0.0:
                    continue
                for more in range(2):
                    after = min(top, length + known[queue, slot] + more)
                    weight = here * (other if more else 1.0 - other)
                    if after > 0:
                        forward[slot + 1, after - 1] += weight * ends
                        forward[slot + 1, after] += weight * (1.0 - ends)
                        leaves = weight * ends * backward[slot + 1, after - 1]
                        stays = weight * (1.0 - ends) * backward[slot + 1, after]
                        left += leaves
                        busy += leaves + stays
                    else:
                        forward[slot + 1, 0] += weight
                        leaves, stays = 0.0, weight * backward[slot + 1, 0]
                    total += leaves + stays
                    if more:
                        came += leaves + stays
            if total > 0.0:
                done[queue, 0] += left / total
                done[queue, 1] += busy / total
                done[queue, 2] += came / total
