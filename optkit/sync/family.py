"""The sync family: the entry that the registry reads."""

from __future__ import annotations

import math
import sys

from optkit.core.solving.family import Choice, Family, Tool
from optkit.sync.check.checker import check
from optkit.sync.instance import SyncInstance
from optkit.sync.solution import SyncSolution


def choose(instance: SyncInstance) -> list[Choice]:
    """Return policies that suit ``instance``; none of them knows the future."""
    weights = instance.weights
    age = weights.age / instance.age_tolerance
    if instance.reading.error == "held" or not weights.error:
        fees = [k.hops * (instance.header_cost + k.payload) for k in instance.links]
        price = weights.report + weights.cost * sum(fees) / len(instance.routers)
        return [
            Choice(
                "periodic+on-arrival",
                "values passed on at once have no error; the period balances age and cost",
                {"reporting": {"period": _period(price, age, instance.slots)}},
            )
        ]
    return [
        Choice(
            "periodic+rent-or-buy",
            "routers with frequent reports notify when silence has cost as much",
            {"reporting": {"period": _period(weights.report, age, instance.slots)}},
        )
    ]


def _period(price: float, age: float, slots: int) -> int:
    """Return the cheapest number of slots from one action to the next.

    With a period of p slots, an action of some price happens every p slots, and ages are
    (p − 1)/2 slots greater on average. The best p is the economic order quantity,
    √(2 price / age).
    """
    if age * slots**2 <= 2.0 * price:
        return slots
    return max(1, round(math.sqrt(2.0 * price / age)))


def check_seconds(instance: SyncInstance) -> float:
    """Return roughly how long the check of a solution takes, in s.

    The first check in a process also loads the splines that redraw series.
    """
    rows = len(instance.devices) + len(instance.links)
    loading = 0.0 if "scipy.interpolate" in sys.modules else 1.0
    return loading + 5e-3 + 2e-7 * instance.slots * rows


FAMILY = Family(
    name="sync",
    summary="keep the load of remote devices known across a network, fresh and cheaply",
    instance_type=SyncInstance,
    solution_type=SyncSolution,
    check=check,
    choose=choose,
    solvers="optkit.sync.solvers",
    objective="the weighted ages, errors, notifications and reports of all slots",
    solution_cost="optkit.sync.problem.solution_cost:solution_cost",
    bounds="optkit.sync.exact.family_bounds:BOUNDS",
    check_seconds=check_seconds,
    generator=Tool(
        name="sync",
        summary="a full mesh of routers, bursty or autoregressive loads",
        options="optkit.sync.data.generate:GeneratorOptions",
        function="optkit.sync.data.generate:generate",
    ),
    importers=(
        Tool(
            name="alibaba-usage",
            summary="Alibaba cluster trace 2018, machine_usage",
            options="optkit.sync.data.importers.options:AlibabaUsageOptions",
            function="optkit.sync.data.importers.alibaba:read",
        ),
        Tool(
            name="bitbrains",
            summary="Bitbrains GWA-T-12 virtual machines",
            options="optkit.sync.data.importers.options:BitbrainsOptions",
            function="optkit.sync.data.importers.bitbrains:read",
        ),
        Tool(
            name="planetlab",
            summary="PlanetLab virtual machines, as in CloudSim",
            options="optkit.sync.data.importers.options:PlanetLabOptions",
            function="optkit.sync.data.importers.planetlab:read",
        ),
        Tool(
            name="nab",
            summary="CPU series of the Numenta Anomaly Benchmark",
            options="optkit.sync.data.importers.options:NabOptions",
            function="optkit.sync.data.importers.nab:read",
        ),
    ),
    draw="optkit.sync.display.drawing.figure:draw",
    model="optkit.sync.problem.pyomo_adapter:instance_model",
    solution_from_model="optkit.sync.problem.model_solution:solution_from_model",
    tables="optkit.sync.display.tables:tables",
    frames="optkit.sync.display.frames:frames",
    warm_up=("optkit.sync.exact.warm_up:warm_up",),
    policy_contract="optkit.sync.testing.policy_contract:POLICY_CONTRACT",
    contract_cases="optkit.sync.testing.cases:CONTRACT_CASES",
    trainer=Tool(
        name="sync",
        summary="a notification policy, on a training split of load series",
        options="optkit.sync.learning.options:TrainingOptions",
        function="optkit.sync.learning.training:train",
    ),
    composition="optkit.sync.solvers.composition:COMPOSITION",
)
