"""Observations as arrays of a fixed shape, and back; nothing is added and nothing lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from optkit.dispatch.problem.observation import Barrier, Observation, Transit
from optkit.dispatch.problem.problem_data import World

Arrays = dict[str, Any]
"""One observation: ``interval``, ``signal_slot``, ``actions``, ``queues``, ``transit``."""

COUNT = np.int16
"""Type of the numbers of jobs under way."""


class Encoding:
    """What each access point sees, as numbers in arrays.

    ``actions`` is (peers, J), server indices; ``queues`` (candidates, J); ``transit``
    (pairs of a peer and its candidate, J, Ξ), jobs under way by their age of 1 … Ξ slots;
    ``interval`` and ``signal_slot`` are numbers. Peers, servers and pairs are in order of
    their indices.

    Parameters
    ----------
    world
        The instance.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        points, servers = world.shape[:2]
        conflict = Barrier(world).conflict
        self.peers = [np.flatnonzero(row) for row in conflict]
        self.servers = [np.flatnonzero(row) for row in world.candidate]
        self._pairs = np.argwhere(world.candidate)
        self._shown = [
            np.flatnonzero(conflict[k][self._pairs[:, 0]]) for k in range(points)
        ]
        # From a pair's number to its row, by observer.
        self._row = np.full((points, len(self._pairs)), -1, dtype=np.int64)
        for k, shown in enumerate(self._shown):
            self._row[k, shown] = np.arange(len(shown))
        self._ages = max(1, world.longest_upload)
        boxes: dict[int, spaces.Box] = {}
        kinds = world.shape[2]

        def transit(rows: int) -> spaces.Box:
            # The bounds of a box are as large as what it bounds: shared where equal.
            most = int(np.iinfo(COUNT).max)
            shape = (rows, kinds, self._ages)
            return boxes.setdefault(rows, spaces.Box(0, most, shape, COUNT))

        self.spaces = [
            spaces.Dict(
                {
                    "interval": spaces.Discrete(world.intervals + 1),
                    "signal_slot": spaces.Discrete(world.slots_per_interval + 1),
                    "actions": spaces.Box(
                        0, servers - 1, (len(self.peers[k]), kinds), np.int64
                    ),
                    "queues": spaces.Box(
                        0, world.queue_limit, (len(self.servers[k]), kinds), np.int64
                    ),
                    "transit": transit(len(self._shown[k])),
                }
            )
            for k in range(points)
        ]

    def arrays(self, view: Observation) -> Arrays:
        """Return an observation as arrays."""
        world, jobs = self._world, view.transit
        shape = (len(self._shown[view.ap]), world.shape[2], self._ages)
        transit: npt.NDArray[Any] = np.zeros(shape, dtype=COUNT)
        row = self._row[view.ap, world.pair[jobs.ap, jobs.server]]
        np.add.at(transit, (row, jobs.kind, jobs.age - 1), 1)
        return {
            "interval": view.interval,
            "signal_slot": view.signal_slot,
            "actions": view.actions,
            "queues": view.queues,
            "transit": transit,
        }

    def observation(self, ap: int, arrays: Arrays) -> Observation:
        """Return arrays as the observation that policies take."""
        counts = arrays["transit"]
        row, kind, age = np.nonzero(counts)
        times = counts[row, kind, age].astype(np.int64)
        sender, server = self._pairs[self._shown[ap][row]].T
        return Observation(
            interval=int(arrays["interval"]),
            ap=ap,
            signal_slot=int(arrays["signal_slot"]),
            peers=self.peers[ap],
            actions=arrays["actions"],
            servers=self.servers[ap],
            queues=arrays["queues"],
            transit=Transit(
                *(
                    np.repeat(values, times)
                    for values in (sender, server, kind, age + 1)
                )
            ),
        )
