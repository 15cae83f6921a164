"""A start is never lost, whichever solver is given it."""

from __future__ import annotations

import optkit
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.testing import random_cases
from optkit.core.solving.registry import solver_class
from tests.bilevel.examples import moore_bard


def test_a_start_survives_a_run_that_is_stopped_at_once() -> None:
    """Every solver reports it first, and ends with it if there is no time for more."""
    pessimistic = BilevelInstance.parse(
        {**moore_bard().document(), "ties": "pessimistic"}
    )
    programs = [
        case.instance for case in random_cases(5, 12) if case.optimum is not None
    ]
    started: set[str] = set()
    for program in (*programs, pessimistic):
        best = optkit.solve(program)
        for solver in optkit.solvers("bilevel"):
            if not solver_class("bilevel", solver.name)().supports(program).available:
                continue
            started.add(solver.name)
            again = optkit.solve(
                program, solver.name, initial=best.solution, time_limit=1e-6
            )
            assert again.initial is not None
            assert again.initial.used
            assert again.objective == best.objective, solver.name
    assert started == {solver.name for solver in optkit.solvers("bilevel")}
