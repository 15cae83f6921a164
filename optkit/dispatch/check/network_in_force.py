"""The network that each job meets: the instance's, or what has changed by its arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.instance import DispatchInstance


@dataclass(frozen=True)
class NetworkInForce:
    """The candidates and laws from a slot on.

    Parameters
    ----------
    slot
        The first slot of arrivals that meet it.
    candidates, upload_pmf, mean_service_slots
        As of the instance.
    """

    slot: int
    candidates: Sequence[Sequence[str]]
    upload_pmf: Sequence[Sequence[Sequence[Sequence[float] | None] | None]]
    mean_service_slots: Sequence[Sequence[float]]


def networks_in_force(instance: DispatchInstance) -> list[NetworkInForce]:
    """Return the network at the start, and after each change."""
    networks = [
        NetworkInForce(
            0, instance.candidates, instance.upload_pmf, instance.mean_service_slots
        )
    ]
    for change in instance.changes or ():
        last = networks[-1]
        networks.append(
            NetworkInForce(
                change.interval * instance.slots_per_interval,
                change.candidates or last.candidates,
                change.upload_pmf or last.upload_pmf,
                change.mean_service_slots or last.mean_service_slots,
            )
        )
    return networks


def met_by_jobs(instance: DispatchInstance, networks: Sequence[NetworkInForce]) -> Ints:
    """Return (N,): the number of the network that each job meets."""
    starts = np.array([network.slot for network in networks], dtype=np.int64)
    slots = np.array(instance.jobs.slot, dtype=np.int64)
    met: Ints = np.searchsorted(starts, slots, side="right") - 1
    return met
