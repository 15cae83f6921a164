"""Tests of branching on complementarity beyond its agreement with enumeration."""

from __future__ import annotations

import pytest

import optkit
from optkit.backends.incremental import SolveStatus
from optkit.bilevel.exact import complementarity
from optkit.bilevel.exact.branch_and_cut.search import TreeSearch
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.follower import Follower, Response
from optkit.bilevel.testing import random_cases
from optkit.core.solving.registry import solver_class
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


def test_branch_and_cut_has_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """With turns from the first node on, each of the two methods proves true optima."""
    ended: list[bool] = []
    run = TreeSearch.run

    def counted(tree: TreeSearch, seconds: float) -> bool:
        ended.append(run(tree, seconds))
        return ended[-1]

    monkeypatch.setattr(TreeSearch, "run", counted)
    monkeypatch.setattr(complementarity, "TURN_NODES", 1)
    kkt = solver_class("bilevel", "kkt")
    solved = 0
    for case in random_cases(7, 60):
        if not kkt().supports(case.instance).available:
            continue
        solved += 1
        result = optkit.solve(case.instance, "kkt")
        if case.optimum is None:
            assert result.status == "infeasible", case.label
        else:
            assert result.objective == pytest.approx(case.optimum, abs=1e-9), case.label
            assert result.status == "optimal", case.label
    assert solved > 5
    assert True in ended


def test_a_search_that_is_stopped_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns that are too short for a proof alternate until one of the methods has it."""
    monkeypatch.setattr(complementarity, "TURN_NODES", 1)
    turns: list[bool] = []
    run = TreeSearch.run

    def shortened(tree: TreeSearch, seconds: float) -> bool:
        assert seconds > 0.0
        turns.append(run(tree, 0.0))
        return turns[-1]

    monkeypatch.setattr(TreeSearch, "run", shortened)
    program = moore_bard(integer=False)
    result = optkit.solve(program, "kkt")
    assert result.objective == pytest.approx(-18.0)
    assert result.status == "optimal"
    assert turns
    assert not any(turns)
