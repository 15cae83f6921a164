"""One decision of all access points on one type of job.

Import where needed: it loads numba.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import combinations

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.runtime.compiled import compiled
from optkit.dispatch.policies.joint.kernels import Seen, add, expect, tail_of, walk
from optkit.dispatch.policies.joint.model import JointModel, State
from optkit.dispatch.policies.joint.move_kernels import Standing, choose, improve, reply

AT_ONCE = 50
"""Access points that move between two looks at the clock."""


class Decision:
    """What joint choices of servers cost, and good ones.

    Parameters
    ----------
    model
        The model.
    state
        The system at the boundary.
    kind
        The type.
    """

    def __init__(self, model: JointModel, state: State, kind: int) -> None:
        world = model.world
        self._world = world
        self._rules = model.rules[kind]
        self._tails = model.tails[kind]
        self.kept = np.ascontiguousarray(state.actions[:, kind])
        flow, lasting = model.flow[kind]
        self._seen = Seen(
            flow.copy(),
            lasting,
            np.ascontiguousarray(state.queues[:, kind]),
            state.signal,
            model.ends(kind),
            model.ways(kind, state.signal),
        )
        jobs = state.transit.only(state.transit.kind == kind)
        compiled(expect)(
            self._seen.law,
            self.kept,
            jobs.server,
            world.pair[jobs.ap, jobs.server],
            jobs.age,
            np.ascontiguousarray(world.upload[:, kind]),
            np.ascontiguousarray(model.alive[:, kind]),
            self._seen,
            self._rules,
        )
        points, servers = world.shape[:2]
        self._standing = Standing(
            self.kept.copy(),
            np.empty_like(flow),
            np.empty_like(lasting),
            np.empty((servers, model.slots + 1, world.queue_limit + 1)),
            np.empty((servers, model.slots + 1), dtype=np.int64),
            np.empty((servers, model.slots + 1)),
            np.empty(servers),
            np.zeros(servers, dtype=np.int64),
            np.empty((points, servers)),
            np.full((points, servers), -1, dtype=np.int64),
        )
        self._given = (self._standing, self._seen, self._rules, self._tails)

    def way(self, ap: int, server: int) -> float:
        """Return the discounted boundaries under way of what one sends to a server."""
        return float(self._seen.way[ap, server])

    def queue(self, server: int, senders: Collection[int]) -> float:
        """Return the discounted cost of a queue if just these send to it."""
        seen, rules = self._seen, self._rules
        law, lasting = seen.law[server].copy(), seen.lasting[server].copy()
        for ap in sorted(senders):
            add(law, lasting, ap, server, seen, rules)
        length = np.zeros(self._world.queue_limit + 1)
        top = min(int(seen.length[server]), self._world.queue_limit)
        length[top] = 1.0
        later = tail_of(server, lasting, rules, self._tails)
        none = (length[:0].reshape(0, 1), np.empty(0, dtype=np.int64), length[:0])
        rate = float(rules.rate[server])
        return float(walk(0, length, top, 0.0, law, rate, later, rules, none))

    def cost(self, choice: Ints) -> float:
        """Return what a joint choice (K,) costs, up to a constant."""
        return float(compiled(choose)(choice, *self._given))

    def replies(self) -> Ints:
        """Return everybody's best choice if all others keep theirs (P3, eq 24)."""
        self.cost(self.kept)
        best: Ints = compiled(reply)(*self._given)
        return best

    def descend(self, choice: Ints, stop: Callable[[], bool]) -> Ints:
        """Return where single moves that lower the joint cost lead, one at a time."""
        self.cost(choice)
        points = len(choice)
        quiet = 0
        while quiet < points:
            for first in range(0, points, AT_ONCE):
                if stop():
                    return self._chosen()
                last = min(points, first + AT_ONCE)
                moved = compiled(improve)(first, last, *self._given)
                quiet = 0 if moved else quiet + last - first
                if quiet >= points:
                    break
        return self._chosen()

    def _chosen(self) -> Ints:
        choice: Ints = self._standing.choice.copy()
        return choice

    def sets(self) -> Iterator[tuple[int, frozenset[int]]]:
        """Yield every server with every set of access points that may send to it."""
        for server, able in enumerate(self._world.candidate.T):
            members = np.flatnonzero(able).tolist()
            for size in range(len(members) + 1):
                for chosen in combinations(members, size):
                    yield server, frozenset(chosen)

    def set_costs(self) -> dict[tuple[int, frozenset[int]], float]:
        """Return what every set of senders costs at every server, the way included."""
        return {
            (server, chosen): self.queue(server, chosen)
            + sum(self.way(ap, server) for ap in sorted(chosen))
            for server, chosen in self.sets()
        }
