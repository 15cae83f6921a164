"""The follower's response, compared with enumeration."""

from __future__ import annotations

import pytest

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
