"""The paper's broadcast is one of the ways to tell access points of queues, bit for bit."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import optkit
from optkit.core.arrays import Ints
from optkit.coupling.policies.informed_observer import InformedObserver
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.baselines import QueueAwarePolicy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.observation import Observation, Observer, Transit
from optkit.dispatch.problem.problem_data import problem_data
from optkit.dispatch.solution import DispatchSolution
from tests.coupling.runs import BROADCAST, observer, solved
from tests.dispatch.instances import random_instance


class _Twins(Observer):
    """Observes as told, and compares with what the paper's observer sees."""

    def __init__(self, instance: DispatchInstance) -> None:
        super().__init__(problem_data(instance))
        self._told: InformedObserver = observer(instance, BROADCAST)

    def observe(
        self, interval: int, actions: Ints, queues: Ints, transit: Transit
    ) -> list[Observation]:
        plain = super().observe(interval, actions, queues, transit)
        told = self._told.observe(interval, actions, queues, transit)
        for mine, theirs in zip(told, plain, strict=True):
            for field in dataclasses.fields(Observation):
                one, other = getattr(mine, field.name), getattr(theirs, field.name)
                if isinstance(one, Transit):
                    for part in dataclasses.fields(Transit):
                        a, b = getattr(one, part.name), getattr(other, part.name)
                        assert np.array_equal(a, b), part.name
                else:
                    assert np.array_equal(one, other), field.name
        return told


@pytest.mark.parametrize("seed", range(40))
def test_observations_are_those_of_the_paper(seed: int) -> None:
    """With a broadcast at every boundary, every array of every observation is equal."""
    instance = random_instance(seed)
    data = problem_data(instance)
    simulate(data, QueueAwarePolicy(data), observer=_Twins(instance))


@pytest.mark.parametrize(
    "solver",
    ["random", "selfish", "queue-aware", "mdp", "joint", "rollout", "lagrangian"],
)
def test_solutions_are_those_of_the_paper(solver: str) -> None:
    """Every policy sends every job to the same server, and claims the same cost."""
    instance = optkit.generate(
        "dispatch", seed=7, aps=6, servers=4, types=2, intervals=12, arrival=0.02
    )
    assert isinstance(instance, DispatchInstance)
    plain = optkit.solve(instance, solver)
    assert isinstance(plain.solution, DispatchSolution)
    told = optkit.solve(instance, solver, options={"information": BROADCAST})
    assert isinstance(told.solution, DispatchSolution)
    assert told.solution.target == plain.solution.target
    assert told.objective == plain.objective
    assert told.metrics["information"]["mean_queue_age_intervals"] == 0.0
    assert told.metrics["information"]["mean_queue_error"] == 0.0


def test_rarer_broadcasts_change_decisions() -> None:
    """The tests above would see a difference: with a period of 4 there is one."""
    instance = optkit.generate(
        "dispatch", seed=7, aps=6, servers=4, types=2, intervals=24, arrival=0.04
    )
    assert isinstance(instance, DispatchInstance)
    rarer = {**BROADCAST, "notification": {"period": 4, "offset": 0}}
    assert (
        solved(instance, "queue-aware", rarer).target
        != solved(instance, "queue-aware", BROADCAST).target
    )
