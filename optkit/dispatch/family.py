"""The dispatch family's entry in the registry."""

from __future__ import annotations

from optkit.core.solving.family import Choice, Family, Tool
from optkit.dispatch.check.checker import check
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution

BUSY = 0.6
"""Share of the servers' capacity from which it pays to plan which queues to protect."""


def choose(instance: DispatchInstance) -> list[Choice]:
    """Return the solvers that suit ``instance``, the best one first."""
    from optkit.dispatch.problem.problem_data import problem_data

    data = problem_data(instance)
    load = max(
        network.load for network in (data, *(later.data for later in data.later))
    )
    what = f"{load:.0%} of what the servers can do arrives"
    rollout = Choice("rollout", f"{what}, so each job goes where it does least harm")
    if load < BUSY:
        return [rollout]
    plans = Choice("lagrangian", f"{what}, so it pays to plan which queues to protect")
    return [plans, rollout]


def check_seconds(instance: DispatchInstance) -> float:
    """Return roughly how long the check of a solution takes."""
    return 3e-5 * len(instance.jobs.slot)


FAMILY = Family(
    name="dispatch",
    summary="send each job to a server when everybody's state is late and partial",
    instance_type=DispatchInstance,
    solution_type=DispatchSolution,
    check=check,
    choose=choose,
    solvers="optkit.dispatch.solvers",
    objective="the mean number of jobs in the system, and penalties for full queues",
    objective_unit="jobs",
    solution_cost="optkit.dispatch.problem.solution_cost:solution_cost",
    bounds="optkit.dispatch.bounds.family_bounds:BOUNDS",
    mean_bound="policy_bound",
    check_seconds=check_seconds,
    generator=Tool(
        name="dispatch",
        summary="access points linked as a Barabási–Albert graph, with the paper's"
        " parameters",
        options="optkit.dispatch.data.generate:GeneratorOptions",
        function="optkit.dispatch.data.generate:generate",
    ),
    importers=(
        Tool(
            name="google-trace",
            summary="Google cluster data 2011, job_events or task_events",
            options="optkit.dispatch.data.importers.options:GoogleOptions",
            function="optkit.dispatch.data.importers.google:read",
        ),
        Tool(
            name="alibaba",
            summary="Alibaba cluster trace 2017 or 2018, batch_task",
            options="optkit.dispatch.data.importers.options:AlibabaOptions",
            function="optkit.dispatch.data.importers.alibaba:read",
        ),
        Tool(
            name="azure-llm",
            summary="Azure LLM inference trace",
            options="optkit.dispatch.data.importers.options:AzureOptions",
            function="optkit.dispatch.data.importers.azure:read",
        ),
    ),
    model="optkit.dispatch.problem.pyomo_adapter:instance_model",
    draw="optkit.dispatch.display.drawing.figure:draw",
    tables="optkit.dispatch.display.tables:tables",
    frames="optkit.dispatch.display.frames:frames",
    aims="optkit.coupling.aims:AIMS",
    policy_contract="optkit.dispatch.testing.policy_contract:POLICY_CONTRACT",
    contract_cases="optkit.dispatch.testing.cases:CONTRACT_CASES",
)
