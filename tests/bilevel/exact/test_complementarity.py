"""Tests of branching on complementarity beyond its agreement with enumeration."""

from __future__ import annotations

import pytest

import optkit
from optkit.backends.incremental import SolveStatus
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.follower import Follower, Response
from tests.bilevel.examples import moore_bard


@pytest.mark.parametrize(
    ("owner", "name"), [(Evaluator, "evaluate"), (Follower, "respond")]
)
def test_a_node_whose_evaluation_is_stopped_stays_open(
    owner: type, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is proven by a tree that was left at a limit: its last node is still open."""
    monkeypatch.setattr(owner, name, lambda *_: Response(SolveStatus.STOPPED))
    result = optkit.solve(moore_bard(integer=False), "kkt")
    assert result.status == "no-solution"
    assert result.termination.reason == "time-limit"
