"""The follower's response, compared with enumeration."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.discovery.problem.follower import response as response_module
from optkit.discovery.problem.follower.problem import FollowerProblem
from optkit.discovery.problem.follower.response import bound, multipliers, respond
from tests.discovery.problem.follower.problems import feasible_modes, follower_problems


def test_answer_is_the_best_of_all_and_the_leaders_favourite() -> None:
    """The response has least energy, and of equals it is the cheapest for the leader."""
    bound_rows = ties = 0
    for follower in follower_problems(1, 300, 7):
        response = respond(follower)
        legal = feasible_modes(follower)
        if not legal:
            assert response is None
            continue
        assert response is not None
        assert response.proven
        least = min(float(follower.extra @ agent) for agent in legal)
        taken = float(follower.extra @ response.agent)
        assert follower.feasible(response.agent)
        assert taken <= least + follower.slack(least)
        bound_rows += not follower.feasible(follower.extra < 0.0)
        if follower.price is not None:
            equals = [
                float(follower.price @ agent)
                for agent in legal
                if follower.extra @ agent <= least + follower.slack(least)
            ]
            ties += len(equals) > 1
            assert follower.price @ response.agent == pytest.approx(
                min(equals), abs=1e-9
            )
    assert bound_rows > 60
    assert ties > 5


def test_multipliers_give_a_bound() -> None:
    """No response is below the bound of the multipliers."""
    for follower in follower_problems(2, 200, 7):
        below = bound(follower, *multipliers(follower))
        for agent in feasible_modes(follower):
            assert follower.extra @ agent >= below - 1e-9


def _no_program(_: FollowerProblem) -> None:
    raise AssertionError("the search leaves the decision to a program")


def test_requests_that_are_all_needed_need_no_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Multipliers that leave hundreds of equal requests undecided are no obstacle."""
    monkeypatch.setattr(response_module, "least_energy_by_milp", _no_program)
    rng = np.random.default_rng(1)
    gain = np.concatenate([np.full(400, 0.8), rng.uniform(0.5, 0.8, 300)])
    extra = np.concatenate([np.full(400, 10.4), rng.uniform(-9.0, 5.0, 300)])
    follower = FollowerProblem(
        extra, gain, 0.5 * gain, gain.sum() - 0.3, 1e3, None, 1e4, 1.0
    )
    response = respond(follower)
    assert response is not None
    assert response.proven
    assert response.agent.all()


def test_gains_in_clusters_are_matched_by_many_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Few changes miss the row here; a dozen that together meet it are found."""
    monkeypatch.setattr(response_module, "least_energy_by_milp", _no_program)
    rng = np.random.default_rng(2)
    gain = rng.choice([0.3592, 0.5872], 4_000) + rng.uniform(-7e-4, 7e-4, 4_000)
    extra = 3.465 * gain + rng.uniform(-0.6, 0.6, 4_000)
    need = float(gain[extra < 3.465 * gain].sum()) + rng.uniform(0.0, 0.35)
    follower = FollowerProblem(extra, gain, 0.1 * gain, need, 1e4, None, 2.5e4, 1.0)
    response = respond(follower)
    assert response is not None
    taken = float(follower.extra @ response.agent)
    below = bound(follower, *multipliers(follower))
    assert follower.feasible(response.agent)
    assert taken <= below + follower.slack(below)
