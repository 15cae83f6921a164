"""Runs of STRA and its five rivals at equal evaluations, and of the exact solver."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optkit.core.consistency import OPTIMALITY_GAP
from optkit.core.display.tables import Column
from optkit.core.solving.limits import Limits
from optkit.discovery.instance import DiscoveryInstance
from optkit.plotting.charts import Look
from optkit.plotting.palette import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION
from optkit.reproduction.discovery.networks import network
from optkit.reproduction.engine import Context
from optkit.reproduction.engine.measurements import Measurement, Measurements

LOOKS: dict[str, Look] = {
    "stra": Look("STRA", VERMILION),
    "tabu": Look("TSA", BLUE),
    "ga": Look("GA", GREEN),
    "sa": Look("SAA", ORANGE),
    "pso": Look("PSO", PURPLE),
    "aco": Look("ACO", SKY),
}
"""The six heuristics, in the order of the table."""


@dataclass(frozen=True)
class Kind:
    """One kind of network.

    Parameters
    ----------
    options
        Options of the generator.
    evaluations
        Number of the leader's choices that each heuristic may evaluate, per cycle.
    """

    options: Mapping[str, Any]
    evaluations: int


DENSE = {"windows": 1, "candidates": 25, "coverage": 0.6, "link_decay": 0.3}

KINDS: dict[str, Kind] = {
    "paper's": Kind({"windows": 4}, 40),
    "dense": Kind(DENSE, 500),
    "single agent": Kind({**DENSE, "qan_rule": "single", "weight_energy": 0.3}, 500),
}
"""Table 2's networks, which leave little choice; networks with many links; and networks
with one agent per resource and both levels weighted, where the leader's choice affects the
energy as well."""

QUICK_SHARE = 10
"""Divisor of the evaluations in a quick run."""

QUANTITIES = {
    "gap": Column("above the proven bound", "%", "right"),
    "time": Column("TTC", "s", "right"),
    "energy": Column("TEC", "J", "right"),
    "seconds": Column("processor time", "s", "right"),
}


def study(context: Context) -> Measurements:
    """Run all six on every network, each with the same number of evaluations."""
    measurements = []
    for repetition, name in context.draws_in(KINDS, "network"):
        kind = KINDS[name]
        instance = network(context, "table-5", repetition, **kind.options)
        measurements += _all_six(context, name, kind, repetition, instance)
    return Measurements(measurements)


def _all_six(
    context: Context,
    name: str,
    kind: Kind,
    repetition: int,
    instance: DiscoveryInstance,
) -> list[Measurement]:
    bound = context.solve(instance, "bilevel-exact").bound
    assert bound is not None, "the exact solver proves a bound"
    allowed = kind.evaluations * instance.windows
    limits = Limits(
        time=context.settings.time_limit,
        evaluations=allowed // QUICK_SHARE if context.quick else allowed,
    )
    rows = []
    for solver in LOOKS:
        seed = context.seed("run", name, repetition, solver)
        began = time.process_time()
        result = context.solve(instance, solver, limits=limits, seed=seed)
        seconds = time.process_time() - began
        assert result.objective is not None, "a verified result has an objective"
        gap = result.objective / bound - 1.0
        values = {
            # A gap within the tolerance of optimality counts as none.
            "gap": 0.0 if gap <= OPTIMALITY_GAP else 100.0 * gap,
            "time": float(result.metrics["time_s"]),
            "energy": float(result.metrics["energy_j"]),
            "seconds": seconds,
        }
        rows.append(Measurement(name, solver, repetition, values))
    return rows
