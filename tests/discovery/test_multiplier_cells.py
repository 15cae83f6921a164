"""The bound by cells of the follower's multipliers, against enumeration."""

from __future__ import annotations

import math
from typing import Any

import pytest

import optkit
from optkit.core import seeds
from optkit.core.result import Status
from optkit.discovery.arrays import problem_of
from optkit.discovery.base import Incumbent
from optkit.discovery.bound import dearest
from optkit.discovery.brute_force import brute_force
from optkit.discovery.cell_search import CellSearch, applies
from optkit.discovery.evaluate import Evaluator
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.trials import random_document


class _Unlimited:
    """What a search asks of a run, without limits."""

    objective: float | None = None

    def should_stop(self) -> bool:
        return False

    def remaining(self) -> float:
        return math.inf

    def incumbent(self, *_: Any) -> None:
        """Take no notice."""


def _instance(number: int, connection: str, tight: float = 1.0) -> DiscoveryInstance:
    reading = {
        "qan_rule": "single",
        "connection": connection,
        "connection_cost": "agent-mode",
        "accuracy_form": ("mean", "sum")[number % 2],
        "accuracy_scope": ("horizon", "window")[number // 2 % 2],
    }
    document = random_document(
        seeds.generator(5, "cells", number),
        reading,
        ((1.0, 0.0), (1.0, 0.3))[number // 4 % 2],
        windows=1 + number % 2,
        nodes=3 + number % 3,
        resources=1 + number % 2,
        candidates=2 + number % 2,
        tight=tight,
    )
    return DiscoveryInstance.parse(document)


@pytest.mark.parametrize("connection", ["forced", "optional"])
def test_cells_bound_from_below_and_often_exactly(connection: str) -> None:
    """Protects the bound by cells: never above the optimum, and no choice ruled out."""
    right = compared = 0
    for number in range(48):
        instance = _instance(number, connection)
        problem = problem_of(instance)
        assert applies(problem)
        least = brute_force(instance)
        run: Any = _Unlimited()
        incumbent = Incumbent(instance, problem, run)
        bound = 0.0
        for scope in range(problem.scopes):
            search = CellSearch(problem, scope, Evaluator(problem), incumbent)
            bound += search.search(run, known=0.0, gap=1e-6, cells=20).bound
        if least is None:
            continue
        compared += 1
        assert bound <= least * (1.0 + 1e-9) + 1e-9, number
        right += bound >= least * (1.0 - 1e-5)
    assert compared > 20
    assert right > compared // 8


def test_no_answer_costs_more_than_the_dearest() -> None:
    """Protects proofs that rows cannot be kept: what they compare with is no optimum."""
    compared = 0
    for number in range(24):
        instance = _instance(number, "optional", tight=0.0)
        least = brute_force(instance)
        problem = problem_of(instance)
        if least is not None:
            compared += 1
            assert least < sum(dearest(problem, s) for s in range(problem.scopes))
    assert compared > 12


@pytest.mark.parametrize("connection", ["forced", "optional"])
def test_prices_tell_that_rows_cannot_be_kept(connection: str) -> None:
    """Protects users from a silent failure: demands beyond all accuracies are proven so."""
    instance = optkit.generate(
        "discovery",
        seed=1,
        windows=4,
        nodes=20,
        qan_rule="single",
        connection=connection,
        connection_cost="agent-mode",
        accuracy_scope="horizon",
        required_agent=0.99,
        required_self=0.99,
    )
    result = optkit.solve(instance, "price", limits=optkit.Limits(time=60))
    assert result.status is Status.INFEASIBLE
