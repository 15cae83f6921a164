"""Observations of access points: the barrier between what is known and what is not.

An online policy is handed one :class:`Observation` per decision. It holds copies, so that
nothing leads from it to the rest of the system, to later slots, or to the sample path.
Access points that see everybody share one copy, which nobody can write to: where a cloud
joins them all, the copies of each would grow with the square of their number.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from optkit.core.arrays import Bools, Ints
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.solution import Information


@dataclass(frozen=True)
class Transit:
    """Jobs under way at a boundary, one entry per job in every array.

    Parameters
    ----------
    ap, server, kind
        Indices of its access point, of its server and of its type.
    age
        Slots since its arrival: 1 for the slot before the boundary.
    """

    ap: Ints
    server: Ints
    kind: Ints
    age: Ints

    def only(self, keep: Bools | Ints) -> Transit:
        """Return the jobs of a mask, or of indices, as copies."""
        return Transit(
            self.ap[keep], self.server[keep], self.kind[keep], self.age[keep]
        )


@dataclass(frozen=True)
class Observation:
    """The observable state of one access point for one interval (OSI, eq 6).

    Parameters
    ----------
    interval
        t; the state is that of the boundary at its start.
    ap
        The access point that observes it.
    signal_slot
        Slot of the interval at which it arrives, 𝒟_k; the decision is in force from then
        on.
    peers
        Access points whose state is observed: all that share a candidate server with
        this one, itself included (the conflict set 𝒳_k).
    actions
        (len(peers), J): server to which each sends each type, at the boundary.
    servers
        Candidate servers of this access point, ℳ_k.
    queues
        (len(servers), J): jobs in each queue, the one in service included.
    transit
        Jobs of the peers under way.
    """

    interval: int
    ap: int
    signal_slot: int
    peers: Ints
    actions: Ints
    servers: Ints
    queues: Ints
    transit: Transit

    @property
    def own_action(self) -> Ints:
        """(J,): where this access point sends each type, at the boundary."""
        action: Ints = self.actions[int(np.searchsorted(self.peers, self.ap))]
        return action


class Observer:
    """Takes the observation of each access point from the state at a boundary.

    Parameters
    ----------
    data
        The instance.
    """

    def __init__(self, data: ProblemData) -> None:
        self._data = data

    @cached_property
    def conflict(self) -> Bools:
        """(K, K): whether two access points share a candidate server."""
        if self._data.candidate.all(axis=0).any():
            return np.ones((len(self._data.candidate),) * 2, dtype=bool)
        reach = self._data.candidate.astype(np.float32)
        return np.asarray(reach @ reach.T > 0.0)

    @cached_property
    def _within_sight(self) -> list[tuple[Ints | None, Ints]]:
        """For each access point those that it conflicts with, and its candidates.

        None stands for all access points.
        """
        return [
            (None if near.all() else np.flatnonzero(near), np.flatnonzero(reach))
            for near, reach in zip(self.conflict, self._data.candidate, strict=True)
        ]

    def information(self, decided: int) -> Information | None:
        """Return the messages of the first intervals; None where they are not counted."""
        return None

    def observe(
        self, interval: int, actions: Ints, queues: Ints, transit: Transit
    ) -> list[Observation]:
        """Return what each access point observes of the state at a boundary.

        Parameters
        ----------
        interval
            t.
        actions
            (K, J), in force at the boundary.
        queues
            (M, J), queue lengths.
        transit
            All jobs under way.
        """
        data = self._data
        everybody = _read_only(np.arange(data.shape[0]), actions, transit)
        observations = []
        for k, (peers, servers) in enumerate(self._within_sight):
            if peers is None:
                seen = everybody
            else:
                near = np.flatnonzero(self.conflict[k][transit.ap])
                seen = peers.copy(), actions[peers], transit.only(near)
            observations.append(
                Observation(
                    interval=interval,
                    ap=k,
                    signal_slot=int(data.signal[interval, k]),
                    peers=seen[0],
                    actions=seen[1],
                    servers=servers.copy(),
                    queues=queues[servers],
                    transit=seen[2],
                )
            )
        return observations


def _read_only(
    peers: Ints, actions: Ints, transit: Transit
) -> tuple[Ints, Ints, Transit]:
    """Return copies that cannot be written to."""
    copies = [
        array.copy()
        for array in (
            peers,
            actions,
            *(getattr(transit, f.name) for f in fields(transit)),
        )
    ]
    for array in copies:
        array.flags.writeable = False
    return copies[0], copies[1], Transit(*copies[2:])
