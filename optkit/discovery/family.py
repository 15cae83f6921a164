"""Registration of the discovery family."""

from __future__ import annotations

from optkit.core.solving.family import Choice, Family, Tool
from optkit.discovery.bounds.group_lagrangian import MAX_CANDIDATES
from optkit.discovery.check.checker import check
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.solution import DiscoverySolution

LARGE_SCOPE = 400
"""Mean size of a scope from which ``auto`` prices the rows; below, it proves."""


def choose(instance: DiscoveryInstance) -> list[Choice]:
    """Return the solvers that suit ``instance``, best first."""
    requests = sum(
        resource is not None and present
        for demand_row, present_row in zip(
            instance.demand, instance.present, strict=True
        )
        for resource, present in zip(demand_row, present_row, strict=True)
    )
    reading = instance.reading
    windows = instance.windows if reading.accuracy_scope == "window" else 1
    together = requests / max(1, windows)
    if (
        reading.qan_rule == "cover"
        and reading.connection == "forced"
        and reading.connection_cost == "connected"
    ):
        reason = (
            "every linked node connects and every connection takes time, so each window"
            " and resource is a facility location problem of its own"
        )
        return [Choice("bilevel-exact", reason)]
    exact = Choice(
        "bilevel-exact",
        f"{together:.0f} requests are judged together: few enough to prove every mode",
    )
    if together < LARGE_SCOPE:
        return [exact]
    if len(instance.candidates) > MAX_CANDIDATES and reading.qan_rule == "exact":
        reason = (
            f"under the rule 'exact', price takes at most {MAX_CANDIDATES} candidates"
        )
        return [Choice("bilevel-exact", reason)]
    reason = (
        f"{together:.0f} requests are judged together: too many to prove every mode, so"
        " prices bound the gap"
    )
    return [
        Choice("price", reason),
        Choice("bilevel-exact", "continues until everything is proven"),
    ]


def check_seconds(instance: DiscoveryInstance) -> float:
    """Return roughly how long the check of a solution takes, s."""
    size = instance.windows * len(instance.nodes)
    if instance.reading.accuracy_scope == "horizon":
        return 1.5e-4 * size
    if instance.reading.accuracy_form == "sum":
        return 8e-4 * size  # sums that bind leave the follower's problem to HiGHS
    return 2e-5 * size + 1e-3 * instance.windows


FAMILY = Family(
    name="discovery",
    unit_form="optkit.discovery.problem.unit_form:unit_form",
    summary="find resources in a migrating network: agents, connections, modes (bilevel)",
    instance_type=DiscoveryInstance,
    solution_type=DiscoverySolution,
    check=check,
    choose=choose,
    solvers="optkit.discovery.solvers",
    objective="the weighted time and energy of all requests",
    solution_cost="optkit.discovery.problem.solution_cost:solution_cost",
    bounds="optkit.discovery.bounds.family_bounds:BOUNDS",
    check_seconds=check_seconds,
    generator=Tool(
        name="discovery",
        summary="nodes wandering in a square, calibrated as in the paper's Table 2",
        options="optkit.discovery.data.generate:GeneratorOptions",
        function="optkit.discovery.data.generate:generate",
    ),
    importers=(
        Tool(
            name="mobility",
            summary="recorded walks, taxis or contacts, by their coordinates or events",
            options="optkit.discovery.data.importers.mobility:MobilityOptions",
            function="optkit.discovery.data.importers.mobility:read",
        ),
    ),
    model="optkit.discovery.problem.pyomo_adapter:instance_model",
    solution_from_model="optkit.discovery.problem.model_solution:solution_from_model",
    bilevel="optkit.discovery.problem.pyomo_adapter:instance_bilevel",
    draw="optkit.discovery.display.drawing.figure:draw",
    tables="optkit.discovery.display.tables:tables",
    frames="optkit.discovery.display.frames:frames",
    warm_up=("optkit.discovery.exact.warm_up:warm_up",),
    contract_cases="optkit.discovery.testing:CONTRACT_CASES",
    aims="optkit.discovery.aims:AIMS",
)
