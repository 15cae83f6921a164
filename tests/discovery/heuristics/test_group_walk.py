"""A walk by groups scores as the evaluation of the whole choice does."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.discovery.heuristics.group_walk import GroupWalk
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.search import Neighbourhood, Score
from optkit.search.problem import flip
from tests.discovery.networks import leader_problems, network

READINGS = list(
    itertools.product(
        ("cover", "single", "exact"), ("forced", "optional"), ("window", "horizon")
    )
)


def equal(one: Score, other: Score) -> bool:
    """Say whether two scores agree but for rounding."""
    return (
        one.violation == pytest.approx(other.violation, rel=1e-9, abs=1e-9)
        and one.value == pytest.approx(other.value, rel=1e-12)
        and one.levels == pytest.approx(other.levels, rel=1e-12)
    )


@pytest.mark.parametrize(("rule", "connection", "scope"), READINGS)
def test_scores_are_those_of_the_whole_choice(
    rule: str, connection: str, scope: str
) -> None:
    """Trials, moves that were tried last, and moves that were tried before."""
    instance = network(
        nodes=20,
        qan_rule=rule,
        connection=connection,
        accuracy_scope=scope,
        required_agent=0.5,
        required_self=0.4,
        weight_energy=0.02,
    )
    tried = 0
    for leader in leader_problems(instance):
        tried += _walk_at_random(leader, np.random.default_rng(1))
    assert tried > 20


def _walk_at_random(leader: LeaderProblem, rng: np.random.Generator) -> int:
    moves = Neighbourhood(leader, rng)
    if moves.empty:
        return 0
    walk = GroupWalk(leader.encoding, leader.evaluator, leader.start(rng))
    assert equal(walk.score, leader.evaluate(walk.bits))
    for step in range(40):
        flips = moves.compound(walk.bits, 1 + step % 3)
        after = walk.bits.copy()
        flip(after, flips)
        before = walk.bits.copy()
        score = walk.trial(flips)
        assert np.array_equal(walk.bits, before)
        assert equal(score, leader.evaluate(after))
        if step % 4 == 0:
            walk.trial(moves.draw(walk.bits))  # the move was not the last one tried
        if step % 2 == 0:
            walk.apply(flips, score)
            assert np.array_equal(walk.bits, after)
            assert equal(walk.score, leader.evaluate(after))
    return 40


def test_moves_within_a_group_ask_the_follower_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the same requests connect, the response is not computed again."""
    (leader, *_) = leader_problems(network())
    rng = np.random.default_rng(0)
    walk = leader.walk(leader.start(rng))
    assert isinstance(walk, GroupWalk)
    monkeypatch.delattr(type(leader.evaluator), "respond")
    moves = Neighbourhood(leader, rng)
    for _ in range(20):
        flips = moves.draw(walk.bits)
        walk.apply(flips, walk.trial(flips))
