"""What a solver can leave to the run, and what the harness says of a solver's mistakes."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.allocation.solution import AllocationSolution
from optkit.core.solving import registry
from optkit.core.solving.family import resolve
from optkit.core.tools.contract_cases import ContractCases
from tests.core.toy import LOCAL, local_solution, solve
from tests.small import OPTIONS


@pytest.mark.slow
@pytest.mark.parametrize("family", [*OPTIONS])
def test_evaluated_costs_are_those_of_the_checker(family: str) -> None:
    """On tiny instances, every solver's answer costs what the checker computes."""
    described = optkit.families()[family]
    cases: ContractCases = resolve(described.contract_cases)  # type: ignore[arg-type]
    cost_of = resolve(described.solution_cost)  # type: ignore[arg-type]
    compared = 0
    for case in [*cases.random(5, 4), *islice(cases.degenerate(), 4)]:
        for row in optkit.solvers(family):
            solver = registry.solver_class(family, row.name)()
            if not row.available or not solver.supports(case.instance).available:
                continue
            result = optkit.solve(case.instance, solver, bound="none", time_limit=20.0)
            if result.solution is None or result.verification is None:
                continue
            exact = result.verification.objective
            assert cost_of(case.instance, result.solution) == pytest.approx(
                exact, rel=1e-9, abs=1e-12
            ), (case.label, row.name)
            compared += 1
    assert compared >= 10


def test_any_order_of_an_allocation_is_evaluated() -> None:
    """Random orders and loads cost what the checker says, on any tree of the links."""
    rng = np.random.default_rng(3)
    network: Any = optkit.generate("allocation", servers=9, seed=4)
    solution: Any = optkit.solve(network, "block").solution
    cost_of = resolve(optkit.families()["allocation"].solution_cost)  # type: ignore[arg-type]
    for _ in range(50):
        shares = rng.dirichlet(np.ones(len(solution.load_gbit)))
        loads = shares * network.task.size_gbit
        changed = AllocationSolution(
            parent=solution.parent,
            load_gbit=dict(zip(solution.load_gbit, loads.tolist(), strict=True)),
            order={
                root: tuple(rng.permutation(order).tolist())
                for root, order in solution.order.items()
            },
        )
        checked = optkit.check(network, changed)
        assert cost_of(network, changed) == pytest.approx(checked.objective, rel=1e-9)


def test_a_solver_leaves_the_cost_to_the_run() -> None:
    """run.evaluate is the objective that the checker recomputes."""

    def behaviour(_: Any, run: optkit.Run) -> None:
        solution = local_solution()
        run.incumbent(run.evaluate(solution), lambda: solution)

    answer = solve(behaviour)
    assert answer.objective == pytest.approx(LOCAL)
    assert answer.verification is not None
    assert answer.verification.feasible


def test_costs_are_in_the_solvers_units() -> None:
    """Where the instance was rewritten, the solver evaluates the rewritten solution."""
    tiny = optkit.generate("bilevel", upper_columns=4, lower_columns=4, seed=1)
    document = tiny.document()
    for part in (document["upper_objective"], document["lower_objective"]):
        part["coefficients"] = {k: v * 1e9 for k, v in part["coefficients"].items()}
    large = type(tiny).parse(document)
    answer: Any = optkit.solve(tiny).solution

    class Known(optkit.Solver):
        name = "known"
        family = "bilevel"
        kind = optkit.Kind.BASELINE
        reference = "this test"
        package = "optkit"

        def run(self, instance: Any, run: optkit.Run) -> optkit.Outcome:
            known = answer.model_copy(
                update={"follower_value": answer.follower_value * scale(instance)}
            )
            run.incumbent(run.evaluate(known), lambda: known)
            return optkit.Outcome(optkit.Reason.CONVERGED)

    def scale(instance: Any) -> float:
        first = next(iter(tiny.lower_objective.coefficients))  # type: ignore[attr-defined]
        ours = tiny.lower_objective.coefficients[first]  # type: ignore[attr-defined]
        return float(instance.lower_objective.coefficients[first] / ours)

    for instance in (tiny, large):
        result = optkit.solve(instance, Known)
        assert result.verification is not None
        assert result.verification.feasible, result.verification.violations
    assert result.objective == pytest.approx(1e9 * optkit.solve(tiny).objective)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {"m": 1.0},
        AllocationSolution(parent={"x": "m"}, load_gbit={}, order={}),
        AllocationSolution(parent={"a": "m"}, load_gbit={"m": 6.0}, order={}),
        AllocationSolution(parent={}, load_gbit={"x": 6.0}, order={}),
    ],
)
def test_what_has_no_cost_is_an_error_that_names_the_solver(wrong: Any) -> None:
    """A broken solution is refused with the reason, and not evaluated somehow."""
    with pytest.raises(optkit.UsageError, match=r"solver 'toy' .*no sound solution"):
        solve(lambda _, run: run.evaluate(wrong))


def test_mistakes_of_a_solver_name_it() -> None:
    """No outcome, another type of solution, a solution instead of a function."""

    class Silent(optkit.Solver):
        name = "silent"
        family = "allocation"
        kind = optkit.Kind.BASELINE
        reference = "this test"

        def run(self, instance: Any, run: optkit.Run) -> Any:
            return None

    with pytest.raises(optkit.UsageError, match="solver 'silent' returned None"):
        optkit.solve(optkit.generate("allocation", servers=4, seed=1), Silent)
    with pytest.raises(optkit.UsageError, match="solver 'toy' made a dict"):
        solve(lambda _, run: run.incumbent(LOCAL, lambda: {"load_gbit": {}}) and None)
    with pytest.raises(optkit.UsageError, match="lambda: solution"):
        solve(lambda _, run: run.incumbent(LOCAL, local_solution()) and None)
