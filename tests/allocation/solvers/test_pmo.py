"""PMO: enumeration of the orders of each subtree."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

import optkit
from optkit.core.tools.solution_files import solution_document
from tests.allocation.instances import generated, loads


@pytest.mark.slow
def test_pmo_in_processes_is_pmo_in_one() -> None:
    """The same seed gives the same result in one process, one worker and two."""
    instance = generated(servers=10, subtrees=2)
    context = multiprocessing.get_context("spawn")
    answers = []
    for solver in ("pmo", "ga"):
        alone = optkit.solve(instance, solver, seed=4)
        for workers in (1, 2):
            with ProcessPoolExecutor(workers, mp_context=context) as executor:
                spread = optkit.solve(instance, solver, seed=4, executor=executor)
            answers.append(
                [
                    {
                        key: value
                        for key, value in solution_document(result).document().items()
                        if key in ("objective", "bound", "solution", "termination")
                    }
                    for result in (alone, spread)
                ]
            )
    for one, other in answers:
        assert one == other


def test_pmo_gives_nothing_to_a_subtree_that_does_not_pay() -> None:
    """Subtrees that do not pay get nothing, where the printed P1(c') divides by zero."""
    instance = generated(servers=7, shape="topology-2", tx_watt=1e4)
    result = optkit.solve(instance, "pmo")
    assert loads(result) == {"0": instance.task.size_gbit}
    assert result.status is optkit.Status.OPTIMAL
    assert result.objective == pytest.approx(
        optkit.solve(instance, "cmo").objective, rel=1e-12
    )
