"""The core search: against enumeration, with equal nodes, and with very many nodes."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.core.solving import seeds
from optkit.discovery.problem.follower import core_search, response
from optkit.discovery.problem.follower.problem import FollowerProblem
from optkit.discovery.problem.follower.response import respond
from optkit.discovery.problem.problem_data import ROW_TOLERANCE


@pytest.mark.parametrize(
    ("has_floor", "hopeless"), [(True, 99), (True, 5), (False, 99)]
)
def test_search_finds_the_best_legal_set(
    has_floor: bool, hopeless: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 13 changes, all stages of the search find what trying all sets finds."""
    monkeypatch.setattr(core_search, "HOPELESS", hopeless)
    monkeypatch.setattr(core_search, "FIRST_CHANGES", (6, 9))
    monkeypatch.setattr(core_search, "CHEAPEST", 5)
    count, found, complete = 13, 0, 0
    sets = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    for number in range(60):
        rng = seeds.generator(5, "task", number)
        changes = np.round(rng.uniform(-1, 1, (2, count)), int(rng.choice([1, 6])))
        slack = np.round(rng.uniform(-2, 1, 2), 2)
        row_prices = np.where(rng.random(2) < 0.7, rng.uniform(1, 5, 2), 0.0)
        prices = np.round(rng.exponential(1.0, count), int(rng.choice([0, 6])))
        left = slack + sets @ changes.T
        paid = sets @ prices + left @ row_prices
        if has_floor:
            values = prices + row_prices @ changes
            budget, floor = np.inf, -float(row_prices @ slack)
        else:
            values = rng.uniform(-1, 1, count)
            budget, floor = 2.0, None
        legal = (left >= -ROW_TOLERANCE).all(axis=1) & (paid <= budget)
        result = core_search.search(
            prices=prices,
            changes=changes,
            slack=slack,
            values=values,
            row_prices=row_prices,
            budget=budget,
            value_floor=floor,
            enough=0.0,
        )
        complete += result.complete
        if result.flips is None:
            assert not (result.complete and legal.any())
            continue
        found += 1
        assert (slack + changes @ result.flips >= -ROW_TOLERANCE).all()
        assert prices @ result.flips <= budget
        if legal.any():
            assert values @ result.flips <= (sets[legal] @ values).min() + 1e-8
    assert found > 20
    assert (complete == 60) == (hopeless == 99)


def test_equal_nodes_are_no_harder_than_few() -> None:
    """Many equal nodes do not make the search exponential."""
    n = 60
    follower = FollowerProblem(
        extra=np.full(n, -3.0),
        agent_gain=np.zeros(n),
        self_gain=np.full(n, 0.2),
        agent_need=0.0,
        self_room=1.5,
        price=None,
        base=300.0,
        largest=5.0,
    )
    response = respond(follower)
    assert response is not None
    assert response.agent.sum() == 7  # 7 · 0.2 ≤ 1.5 < 8 · 0.2


@pytest.mark.parametrize("mean", [0.5, 0.57, 0.65])
def test_thousands_of_nodes_need_no_program(
    mean: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a row over 16,000 nodes, the search finds modes of least energy by itself."""

    def refuse(_: FollowerProblem) -> None:
        raise AssertionError("no program is needed")

    monkeypatch.setattr(response, "least_energy_by_milp", refuse)
    rng = seeds.generator(6, "task", 0)
    n = 16_000
    follower = FollowerProblem(
        extra=np.round(rng.normal(100.0, 300.0, n), 6),
        agent_gain=np.round(rng.uniform(0.24, 0.8, n), 6) - mean,
        self_gain=np.full(n, 0.3),
        agent_need=0.0,
        self_room=0.3 * n,
        price=None,
        base=400.0 * n,
        largest=2000.0,
    )
    least = response.least_energy(follower)
    assert least is not None
    assert follower.feasible(least.agent)
    prices = response.multipliers(follower)
    assert (prices[0] > 0.0) == (mean > 0.55)
    lower = response.bound(follower, *prices)
    assert float(follower.extra @ least.agent) <= lower + follower.slack(lower)
