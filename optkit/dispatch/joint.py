"""All access points at once, against the model: what a queue costs depends on who sends.

Import where needed: it loads numba.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from optkit.dispatch.modelling import subsets
from optkit.dispatch.observation import Observation
from optkit.dispatch.policy import Policy
from optkit.dispatch.selfish import selfish_actions
from optkit.dispatch.senders import Boundary, SenderCosts
from optkit.dispatch.set_partition import cheapest_partition
from optkit.dispatch.world import Integers, World

IMPROVES = 1e-9
"""Share of a cost by which a move has to lower it: less is rounding."""


def joint_cost(boundary: Boundary, kind: int, servers: dict[int, int]) -> float:
    """Return W† + W‡ of one type, up to a constant, if every mover sends to its server."""
    total = sum(boundary.transit(ap, m, kind) for ap, m in servers.items())
    for m in _reached(boundary):
        total += boundary.queue(m, kind, [ap for ap in servers if servers[ap] == m])
    return total


def replies(
    world: World, boundary: Boundary, kind: int, stop: Callable[[], bool]
) -> dict[int, int]:
    """Return every mover's solution of P3 (eq 24): the best if all others keep theirs."""
    kept = {ap: boundary.action(ap, kind) for ap in boundary.movers}
    chosen = dict(kept)
    for ap in boundary.movers:
        if stop():
            break
        chosen[ap] = _best(world, boundary, kind, kept, ap)[1]
    return chosen


def descend(
    world: World,
    boundary: Boundary,
    kind: int,
    servers: dict[int, int],
    stop: Callable[[], bool],
) -> dict[int, int]:
    """Return where single moves that lower the joint cost lead, one at a time."""
    servers = dict(servers)
    quiet = 0
    while quiet < len(boundary.movers):
        for ap in boundary.movers:
            if stop():
                return servers
            gain, best = _best(world, boundary, kind, servers, ap)
            scale = abs(boundary.transit(ap, servers[ap], kind)) + 1.0
            if gain > IMPROVES * scale:
                servers[ap], quiet = best, 0
            else:
                quiet += 1
            if quiet >= len(boundary.movers):
                break
    return servers


def enumerate_sets(
    world: World, boundary: Boundary, kind: int
) -> dict[tuple[int, frozenset[int]], float]:
    """Return what every set of senders costs at every server, transit included."""
    return {
        (m, together): boundary.queue(m, kind, together)
        + sum(boundary.transit(ap, m, kind) for ap in sorted(together))
        for m in _reached(boundary)
        for together in subsets(boundary.senders(m))
    }


def _reached(boundary: Boundary) -> list[int]:
    """Return the servers that some mover may send to."""
    return sorted({int(m) for view in boundary.views for m in view.servers})


def _best(
    world: World, boundary: Boundary, kind: int, servers: dict[int, int], ap: int
) -> tuple[float, int]:
    """Return how much one mover can gain if the others stay, and where it goes."""
    now = servers[ap]

    def cost(m: int) -> float:
        others = [k for k in servers if servers[k] == m and k != ap]
        more = boundary.queue(m, kind, [*others, ap]) - boundary.queue(m, kind, others)
        return boundary.transit(ap, m, kind) + more

    costs = {int(m): cost(int(m)) for m in np.flatnonzero(world.candidate[ap])}
    best = min(costs, key=lambda m: costs[m])
    return costs[now] - costs[best], best


class JointPolicy(Policy):
    """Every interval all access points move to a joint action that is good for all.

    A coordinator's policy: it looks at the observations of all access points together.

    Parameters
    ----------
    world
        The model.
    most
        Arrivals of one slot that are told apart: 1 for the paper's Bernoulli draw.
    columns
        Most sets of senders of one type, over all servers, up to which the optimum is
        found; past that, single moves lead to a local one.
    stop
        Asked all the time whether to stop; what is not decided by then stays.
    """

    def __init__(
        self,
        world: World,
        most: int,
        columns: int,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._world = world
        self._costs = SenderCosts(world, most)
        self._stop = stop
        self._first = selfish_actions(world)
        sharing = world.candidate.sum(axis=0)
        self._exact = bool(sharing.max() < 30 and np.sum(2**sharing) <= columns)

    def start(self) -> Integers:
        """Return the selfish actions, the paper's initial policy."""
        return self._first

    def decide(self, seen: Sequence[Observation]) -> Integers:
        """Return everybody's actions, all chosen anew."""
        boundary = Boundary(self._costs, seen)
        actions = np.stack([view.own_action for view in seen])
        for kind in range(self._world.shape[2]):
            if self._stop():
                break
            servers = self._together(boundary, kind)
            actions[list(servers), kind] = list(servers.values())
        return actions

    def _together(self, boundary: Boundary, kind: int) -> dict[int, int]:
        """Return a joint action of one type, never worse than that of all P3."""
        kept = {ap: boundary.action(ap, kind) for ap in boundary.movers}
        starts = [kept, replies(self._world, boundary, kind, self._stop)]
        if self._exact and not self._stop():
            costs = enumerate_sets(self._world, boundary, kind)
            best = cheapest_partition(costs, boundary.movers)
            if best is not None:
                starts.append({ap: best[ap] for ap in boundary.movers})
        found = min(starts, key=lambda servers: joint_cost(boundary, kind, servers))
        return descend(self._world, boundary, kind, found, self._stop)
