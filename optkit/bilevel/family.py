"""The bilevel family, as the registry sees it."""

from __future__ import annotations

from optkit.bilevel.check.checker import check
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.solution import BilevelSolution
from optkit.core.display.values import format_value
from optkit.core.solving.family import Choice, Family, Tool


def choose(instance: BilevelInstance) -> list[Choice]:
    """Return the solvers that suit ``instance``, the best first."""
    from optkit.bilevel.problem.problem_data import problem_data
    from optkit.bilevel.problem.structure.interdiction import interdiction
    from optkit.bilevel.problem.structure.knapsack import Knapsack, knapsack
    from optkit.bilevel.problem.structure.linear_follower import prefers_kkt

    problem = problem_data(instance)
    if problem.is_pessimistic:
        reason = "the follower takes the optimum that is worst for the leader"
        return [Choice("pessimistic", reason)]
    choices = []
    if isinstance(knapsack(problem), Knapsack):
        reason = "one budget, one capacity and opposite goals: knapsack interdiction"
        choices.append(Choice("knapsack-interdiction", reason))
    if not isinstance(interdiction(problem), str):
        reason = "the leader forbids, and wants the opposite of what the follower wants"
        choices.append(Choice("interdiction", reason))
    if prefers_kkt(problem):
        reason = "the follower solves a linear program, which its multipliers describe"
        choices.append(Choice("kkt", reason))
    reason = "takes every program whose linking columns are integer"
    return [
        *choices,
        Choice("branch-and-cut", f"{reason}, in one tree"),
        Choice("value-function", reason),
    ]


def check_seconds(instance: BilevelInstance) -> float:
    """Estimate the seconds that a check takes, including the follower's solve."""
    return 0.02 + 2e-5 * sum(len(row.coefficients) for row in instance.rows)


def objective_at(instance: BilevelInstance, value: float) -> str:
    """Say what the objective is, and how large it is in the leader's own sense."""
    if instance.upper_objective.sense == "min":
        return "the leader's objective"
    return f"the leader's objective, negated: it maximises, {format_value(-value)}"


FAMILY = Family(
    name="bilevel",
    summary="mixed-integer bilevel linear programs: a leader, and a follower who optimises",
    instance_type=BilevelInstance,
    solution_type=BilevelSolution,
    check=check,
    choose=choose,
    solvers="optkit.bilevel.solvers",
    objective="the leader's objective, negated where the leader maximises",
    objective_at=objective_at,
    solution_cost="optkit.bilevel.problem.solution_cost:solution_cost",
    bounds="optkit.bilevel.bounds.family_bounds:BOUNDS",
    check_seconds=check_seconds,
    generator=Tool(
        name="bilevel",
        summary="random programs of many shapes, from general rows to interdiction",
        options="optkit.bilevel.data.options:GeneratorOptions",
        function="optkit.bilevel.data.generate:generate",
    ),
    importers=(
        Tool(
            name="mibs",
            summary="MibS files (.mps with its .aux), or knapsack files (.ki)",
            options="optkit.bilevel.data.formats.readers:MibsOptions",
            function="optkit.bilevel.data.formats.readers:import_mibs",
        ),
    ),
    readers={
        ".mps": "optkit.bilevel.data.formats.readers:from_mps",
        ".aux": "optkit.bilevel.data.formats.readers:from_aux",
        ".ki": "optkit.bilevel.data.formats.ki:from_ki",
    },
    exporters={
        "mps": "optkit.bilevel.data.formats.writers:mps_file",
        "lp": "optkit.bilevel.data.formats.writers:lp_file",
        "aux": "optkit.bilevel.data.formats.writers:aux_file",
    },
    solution_from_model="optkit.bilevel.problem.model_solution:solution_from_model",
    unit_form="optkit.bilevel.problem.unit_form:unit_form",
    from_blocks="optkit.bilevel.problem.pyomo_adapter:instance_of_blocks",
    draw="optkit.bilevel.display.drawing.structure:draw",
    tables="optkit.bilevel.display.tables:tables",
    frames="optkit.bilevel.display.frames:frames",
    certifier="optkit.bilevel.exact.certificate.certify:certify",
    certificate_checker="optkit.bilevel.check.certificate:check",
    excluding="optkit.bilevel.problem.excluding:excluding",
    restricted="optkit.bilevel.problem.excluding:restricted",
    warm_up=("optkit.bilevel.exact.knapsack_search:warm_up",),
    contract_cases="optkit.bilevel.testing:CONTRACT_CASES",
)
