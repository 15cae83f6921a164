"""The leader's problem for search engines: moves, repairs, walks."""

from __future__ import annotations

import numpy as np

from optkit.discovery.heuristics.incremental_walk import IncrementalWalk
from optkit.discovery.heuristics.leader_problem import COUPLED_REQUESTS
from optkit.search import Neighbourhood
from tests.discovery.networks import coupled_leader, leader_problems, network


def test_moves_and_repairs_keep_the_rule_where_they_can() -> None:
    """Repaired samples serve every node under `cover`, and so do most corrected moves."""
    instance = network(qan_rule="cover")
    rng = np.random.default_rng(0)
    for leader in leader_problems(instance):
        moves = Neighbourhood(leader, rng)
        kept = 0
        for _ in range(60):
            bits = leader.sample(rng)
            assert leader.evaluate(bits).feasible
            flips = moves.draw(bits)
            neighbour = bits.copy()
            neighbour[list(flips)] ^= True
            assert leader.columns.legal(neighbour)
            kept += leader.evaluate(neighbour).feasible
        assert kept >= 50


def test_large_coupled_scopes_are_walked_by_increments() -> None:
    """Engines get the fast walk where rows may couple many requests."""
    leader = coupled_leader(qan_rule="single")
    requests = leader.encoding.requests
    assert requests.stop - requests.start >= COUPLED_REQUESTS
    walk = leader.walk(leader.start(np.random.default_rng(0)))
    assert isinstance(walk, IncrementalWalk)
