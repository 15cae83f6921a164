"""The core search: compiled and interpreted, and with equal nodes."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.discovery.problem.follower import core_search
from optkit.discovery.problem.follower.problem import FollowerProblem
from optkit.discovery.problem.follower.response import respond
from tests.discovery.problem.follower.problems import follower_problems


def test_compiled_search_is_the_interpreted_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The compiled search returns what the interpreted one does."""
    expected = [respond(follower) for follower in follower_problems(4, 60, 9)]
    monkeypatch.setattr(core_search, "INTERPRETED_NODES", 2)
    for follower, response in zip(follower_problems(4, 60, 9), expected, strict=True):
        again = respond(follower)
        assert (again is None) == (response is None)
        if again is not None and response is not None:
            assert np.array_equal(again.agent, response.agent)


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
