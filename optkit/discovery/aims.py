"""The two objectives that discovery weighs against each other: time and energy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optkit.core.tools.pareto import Aim, Aims
from optkit.discovery.instance import DiscoveryInstance, Weights


def weigh(instance: DiscoveryInstance, time: float, energy: float) -> DiscoveryInstance:
    """Return the instance with other weights, per second and per joule."""
    return instance.model_copy(update={"weights": Weights(time=time, energy=energy)})


def values(metrics: Mapping[str, Any]) -> tuple[float, float]:
    """Return Z1 in s and Z2 in J."""
    return float(metrics["time_s"]), float(metrics["energy_j"])


AIMS = Aims(Aim("time", "s"), Aim("energy", "J"), weigh, values)
