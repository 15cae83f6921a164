"""The two objectives that discovery weighs against each other: time and energy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optkit.core.solving.deadline import Deadline
from optkit.core.tools.pareto.aims import Aim, Aims, Between
from optkit.discovery.instance import DiscoveryInstance, Weights
from optkit.discovery.solution import DiscoverySolution


def weigh(instance: DiscoveryInstance, time: float, energy: float) -> DiscoveryInstance:
    """Return the instance with other weights, per second and per joule."""
    return instance.model_copy(update={"weights": Weights(time=time, energy=energy)})


def values(metrics: Mapping[str, Any]) -> tuple[float, float]:
    """Return Z1 in s and Z2 in J."""
    return float(metrics["time_s"]), float(metrics["energy_j"])


def between(
    instance: DiscoveryInstance,
    known: Sequence[DiscoverySolution],
    deadline: Deadline,
    tell: Callable[[str], None],
) -> Between | None:
    """Return what lies between known solutions; as :func:`.whole_front.whole_front`."""
    from optkit.discovery.exact.whole_front import whole_front

    return whole_front(instance, known, deadline, tell)


AIMS = Aims(Aim("time", "s"), Aim("energy", "J"), weigh, values, between)
