"""The bound by triangles of multipliers, compared with brute force."""

from __future__ import annotations

import pytest

import optkit
from optkit.core.solving.run import Run
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.exact.triangle_branching import TriangleBranching, applies
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.testing import reacting_instances


class FrozenIncumbent(Incumbent):
    """An incumbent that takes no choice, so that no bound stops at its value."""

    def offer(self, *_: object) -> bool:
        return False


def _bound(instance: DiscoveryInstance, triangles: int) -> float:
    """Return the bound by triangles, without an incumbent to stop it."""
    problem = problem_data(instance)
    assert applies(problem)
    run = Run(optkit.Limits())
    incumbent = FrozenIncumbent(instance, problem, run)
    return sum(
        TriangleBranching(problem, scope, ChoiceEvaluator(problem), incumbent)
        .search(run.should_stop, lower=0.0, gap=1e-6, max_triangles=triangles)
        .bound
        for scope in range(problem.scopes)
    )


@pytest.mark.slow
def test_triangles_bound_from_below_and_often_closely() -> None:
    """The bound by triangles is never above the optimum, and often close to it."""
    close = compared = 0
    for number, instance in enumerate(reacting_instances(5, 64)):
        least = brute_force(instance)
        if least is not None:
            compared += 1
            bound = _bound(instance, 20)
            assert bound <= least * (1.0 + 1e-9) + 1e-9, number
            close += bound >= 0.9 * least
    assert compared > 32
    assert close > compared // 8
