"""The bilevel family, as the registry sees it."""

from __future__ import annotations

from optkit.bilevel.check import check
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.solution import BilevelSolution
from optkit.core.family import Choice, Family, Tool


def choose(instance: BilevelInstance) -> list[Choice]:
    """Return the solvers that suit ``instance``, the best first."""
    from optkit.bilevel.interdiction_structure import interdiction
    from optkit.bilevel.knapsack_structure import Knapsack, knapsack
    from optkit.bilevel.problem import compile_instance

    problem = compile_instance(instance)
    choices = []
    if isinstance(knapsack(problem), Knapsack):
        reason = "one budget, one capacity and opposite goals: knapsack interdiction"
        choices.append(Choice("knapsack-interdiction", reason))
    if not isinstance(interdiction(problem), str):
        reason = "the leader forbids, and wants the opposite of what the follower wants"
        choices.append(Choice("interdiction", reason))
    reason = "takes every program whose linking columns are integer"
    return [*choices, Choice("value-function", reason)]


def check_seconds(instance: BilevelInstance) -> float:
    """Return roughly how long the check takes, the follower's solve included."""
    return 0.02 + 2e-5 * sum(len(row.coefficients) for row in instance.rows)


FAMILY = Family(
    name="bilevel",
    summary="mixed-integer bilevel linear programs: a leader, and a follower who optimises",
    instance_type=BilevelInstance,
    solution_type=BilevelSolution,
    check=check,
    choose=choose,
    solvers="optkit.bilevel.solvers",
    check_seconds=check_seconds,
    generator=Tool(
        name="bilevel",
        summary="general rows, or interdiction with one or more capacities",
        options="optkit.bilevel.generate:GeneratorOptions",
        function="optkit.bilevel.generate:generate",
    ),
    importers=(
        Tool(
            name="mibs",
            summary="MibS: .mps with .aux beside it (or the other way), or knapsack .ki",
            options="optkit.bilevel.files.readers:MibsOptions",
            function="optkit.bilevel.files.readers:import_mibs",
        ),
    ),
    readers={
        ".mps": "optkit.bilevel.files.readers:from_mps",
        ".aux": "optkit.bilevel.files.readers:from_aux",
        ".ki": "optkit.bilevel.files.knapsack:from_ki",
    },
    exporters={
        "mps": "optkit.bilevel.files.writers:to_mps",
        "lp": "optkit.bilevel.files.writers:to_lp",
        "aux": "optkit.bilevel.files.writers:to_aux",
    },
    tables="optkit.bilevel.tables:tables",
    trials="optkit.bilevel.trials:TRIALS",
)
