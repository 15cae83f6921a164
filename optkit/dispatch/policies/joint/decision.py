"""One decision of all access points on one type of job."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import combinations

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.policies.joint.kernels import (
    BoundaryData,
    add_fixed_arrivals,
    add_sender,
    queue_cost,
    stationary_row,
)
from optkit.dispatch.policies.joint.model import JointModel, State
from optkit.dispatch.policies.joint.move_kernels import (
    ChoiceCosts,
    best_replies,
    choose,
    move_in_turn,
)

AT_ONCE = 50
"""Access points that move between two looks at the clock."""


class Decision:
    """The costs of joint choices of servers, and good choices.

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
        data = model.data
        self._data = data
        self._constants = model.constants[kind]
        self._stationary = model.stationary[kind]
        self.kept = np.ascontiguousarray(state.actions[:, kind])
        flow, lasting = model.flow[kind]
        self._boundary = BoundaryData(
            flow.copy(),
            lasting,
            np.ascontiguousarray(state.queues[:, kind]),
            state.signal,
            model.ends(),
            model.transit_costs(kind, state.signal),
        )
        jobs = state.transit.only(state.transit.kind == kind)
        add_fixed_arrivals(
            self._boundary.law,
            self.kept,
            jobs.server,
            data.pair[jobs.ap, jobs.server],
            jobs.age,
            np.ascontiguousarray(data.upload[:, kind]),
            np.ascontiguousarray(model.alive[:, kind]),
            self._boundary,
            self._constants,
        )
        points, servers = data.shape[:2]
        self._current = ChoiceCosts(
            self.kept.copy(),
            np.empty_like(flow),
            np.empty_like(lasting),
            np.empty((servers, model.slots + 1, data.queue_limit + 1)),
            np.empty((servers, model.slots + 1), dtype=np.int64),
            np.empty((servers, model.slots + 1)),
            np.empty(servers),
            np.zeros(servers, dtype=np.int64),
            np.empty((points, servers)),
            np.full((points, servers), -1, dtype=np.int64),
        )
        self._arguments = (
            self._current,
            self._boundary,
            self._constants,
            self._stationary,
        )

    def transit(self, ap: int, server: int) -> float:
        """Return the discounted boundaries under way of what one sends to a server."""
        return float(self._boundary.transit[ap, server])

    def queue(self, server: int, senders: Collection[int]) -> float:
        """Return the discounted cost of a queue if exactly these send to it."""
        boundary, constants = self._boundary, self._constants
        law, lasting = boundary.law[server].copy(), boundary.lasting[server].copy()
        for ap in sorted(senders):
            add_sender(law, lasting, ap, server, boundary, constants)
        length = np.zeros(self._data.queue_limit + 1)
        top = min(int(boundary.length[server]), self._data.queue_limit)
        length[top] = 1.0
        later = stationary_row(server, lasting, constants, self._stationary)
        none = (length[:0].reshape(0, 1), np.empty(0, dtype=np.int64), length[:0])
        rate = float(constants.rate[server])
        return float(queue_cost(0, length, top, 0.0, law, rate, later, constants, none))

    def cost(self, choice: Ints) -> float:
        """Return what a joint choice (K,) costs, up to a constant."""
        return float(choose(choice, *self._arguments))

    def replies(self) -> Ints:
        """Return each one's best choice if all others keep theirs (P3, eq 24)."""
        self.cost(self.kept)
        best: Ints = best_replies(*self._arguments)
        return best

    def descend(self, choice: Ints, stop: Callable[[], bool]) -> Ints:
        """Improve a joint choice by single moves; return where they end."""
        self.cost(choice)
        points = len(choice)
        unmoved = 0  # access points in a row that did not move
        while unmoved < points:
            for first in range(0, points, AT_ONCE):
                if stop():
                    return self._choice()
                last = min(points, first + AT_ONCE)
                moved = move_in_turn(first, last, *self._arguments)
                unmoved = 0 if moved else unmoved + last - first
                if unmoved >= points:
                    break
        return self._choice()

    def _choice(self) -> Ints:
        choice: Ints = self._current.choice.copy()
        return choice

    def sets(self) -> Iterator[tuple[int, frozenset[int]]]:
        """Yield every server with every set of access points that may send to it."""
        for server, able in enumerate(self._data.candidate.T):
            members = np.flatnonzero(able).tolist()
            for size in range(len(members) + 1):
                for chosen in combinations(members, size):
                    yield server, frozenset(chosen)

    def set_costs(self) -> dict[tuple[int, frozenset[int]], float]:
        """Return what every set of senders costs at every server, uploads included."""
        return {
            (server, chosen): self.queue(server, chosen)
            + sum(self.transit(ap, server) for ap in sorted(chosen))
            for server, chosen in self.sets()
        }
