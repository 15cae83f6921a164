"""Observations as arrays of a fixed shape, and back, without any loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from optkit.dispatch.problem.observation import Observation, Observer, Transit
from optkit.dispatch.problem.problem_data import ProblemData

Arrays = dict[str, Any]
"""One observation: ``interval``, ``signal_slot``, ``actions``, ``queues``, ``transit``."""

COUNT = np.int16
"""Data type of the numbers of jobs under way."""


class Encoding:
    """The observation of each access point, as arrays of numbers.

    ``actions`` (peers, J) holds server indices, ``queues`` (candidates, J) lengths, and
    ``transit`` (pairs of a peer and its candidate, J, Ξ) the number of jobs under way by
    their age of 1 … Ξ slots; ``interval`` and ``signal_slot`` are numbers. Peers, servers
    and pairs are in order of their indices.

    Parameters
    ----------
    data
        The instance.
    """

    def __init__(self, data: ProblemData) -> None:
        self._data = data
        points, servers = data.shape[:2]
        conflict = Observer(data).conflict
        self.peers = [np.flatnonzero(row) for row in conflict]
        self.servers = [np.flatnonzero(row) for row in data.candidate]
        self._pairs = np.argwhere(data.candidate)
        self._shown = [
            np.flatnonzero(conflict[k][self._pairs[:, 0]]) for k in range(points)
        ]
        # From a pair's number to its row, by observer.
        self._row = np.full((points, len(self._pairs)), -1, dtype=np.int64)
        for k, shown in enumerate(self._shown):
            self._row[k, shown] = np.arange(len(shown))
        self._ages = max(1, data.longest_upload)
        boxes: dict[int, spaces.Box] = {}
        kinds = data.shape[2]

        def transit(rows: int) -> spaces.Box:
            # The bounds of a box are arrays of its shape: equal boxes are shared.
            most = int(np.iinfo(COUNT).max)
            shape = (rows, kinds, self._ages)
            return boxes.setdefault(rows, spaces.Box(0, most, shape, COUNT))

        self.spaces = [
            spaces.Dict(
                {
                    "interval": spaces.Discrete(data.intervals + 1),
                    "signal_slot": spaces.Discrete(data.slots_per_interval + 1),
                    "actions": spaces.Box(
                        0, servers - 1, (len(self.peers[k]), kinds), np.int64
                    ),
                    "queues": spaces.Box(
                        0, data.queue_limit, (len(self.servers[k]), kinds), np.int64
                    ),
                    "transit": transit(len(self._shown[k])),
                }
            )
            for k in range(points)
        ]

    def arrays(self, view: Observation) -> Arrays:
        """Return an observation as arrays."""
        data, jobs = self._data, view.transit
        shape = (len(self._shown[view.ap]), data.shape[2], self._ages)
        transit: npt.NDArray[Any] = np.zeros(shape, dtype=COUNT)
        row = self._row[view.ap, data.pair[jobs.ap, jobs.server]]
        np.add.at(transit, (row, jobs.kind, jobs.age - 1), 1)
        return {
            "interval": view.interval,
            "signal_slot": view.signal_slot,
            "actions": view.actions,
            "queues": view.queues,
            "transit": transit,
        }

    def observation(self, ap: int, arrays: Arrays) -> Observation:
        """Return the observation that arrays hold, as policies take it."""
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
