"""The network of the dispatch simulator in Ciw: an upload node, and a node per queue.

Ciw orders simultaneous events at random. So here jobs reach their queues at different
times within a slot, in the order of their indices, and services end with slots. Events
then happen in the order that the family prescribes, and finish slots can be compared job
by job.
"""

from __future__ import annotations

import math
from typing import Any

import ciw
import numpy as np

from optkit.dispatch.problem.finish_slots import DROPPED, PENDING
from optkit.dispatch.problem.problem_data import ProblemData

Finish = np.ndarray[Any, np.dtype[np.int64]]

MARGIN = 0.25
"""Part of a slot left free before the first and after the last join in it."""


class Times(ciw.dists.Distribution):  # type: ignore[misc]
    """Given times of each job; customers are numbered from 1 in order of arrival."""

    def __init__(self, slots: list[int]) -> None:
        self.slots = slots

    def sample(self, t: float, ind: Any) -> float:
        """Return the time from now to the end of the job's last slot."""
        return self.slots[ind.id_number - 1] + math.floor(t) - t


class Uploads(Times):
    """Upload times, to the job's own time within the slot."""

    def sample(self, t: float, ind: Any) -> float:
        """Return the time under way."""
        within = MARGIN + (1 - 2 * MARGIN) * ind.id_number / (len(self.slots) + 1)
        return super().sample(t, ind) + within


class Gate(ciw.routing.NodeRouting):  # type: ignore[misc]
    """Sends an uploaded job to its queue, or to the exit if that is full."""

    def __init__(self, queue_of: list[int], limit: int, finish: Finish) -> None:
        self.queue_of, self.limit, self.finish = queue_of, limit, finish

    def next_node(self, ind: Any) -> Any:
        """Return the node of the job's queue, or the exit."""
        job = ind.id_number - 1
        node = self.simulation.nodes[2 + self.queue_of[job]]
        if node.number_of_individuals < self.limit:
            return node
        self.finish[job] = DROPPED
        return self.simulation.nodes[-1]


class Exit(ciw.routing.NodeRouting):  # type: ignore[misc]
    """Records when a job was served."""

    def __init__(self, finish: Finish) -> None:
        self.finish = finish

    def next_node(self, ind: Any) -> Any:
        """Return the exit."""
        self.finish[ind.id_number - 1] = round(ind.service_end_date) - 1
        return self.simulation.nodes[-1]


def by_ciw(
    data: ProblemData, target: Finish, upload: list[int], service: list[int]
) -> Finish:
    """Return each job's last slot of service; jobs in order of arrival."""
    finish = np.full(len(data.slot), PENDING, dtype=np.int64)
    _, servers, kinds = data.shape
    queues = servers * kinds
    queue_of = (target * kinds + data.kind).tolist()
    between = np.diff(data.slot, prepend=0).astype(float).tolist()
    network = ciw.create_network(
        arrival_distributions=[
            ciw.dists.Sequential([*between, math.inf]),
            *[None] * queues,
        ],
        service_distributions=[Uploads(upload), *[Times(service)] * queues],
        number_of_servers=[math.inf, *[1] * queues],
        routing=ciw.routing.NetworkRouting(
            [Gate(queue_of, data.queue_limit, finish)]
            + [Exit(finish) for _ in range(queues)]
        ),
    )
    # Departures at the very end belong to the last slot.
    ciw.Simulation(network).simulate_until_max_time(data.horizon + MARGIN / 2)
    return finish
