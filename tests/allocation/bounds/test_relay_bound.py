"""The bound that counts relaying energy."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.allocation.bounds.relay_bound import relay_bound
from optkit.allocation.check.brute_force import brute_force
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
)
from optkit.allocation.problem.sink_tree import sink_tree
from tests.allocation.instances import HOSTILE, generated


@pytest.mark.slow
@pytest.mark.parametrize("regime", HOSTILE)
def test_relay_bound_is_a_bound_far_outside_the_papers_range(regime: str) -> None:
    """The bound holds far outside the paper's range."""
    for seed in range(20):
        instance = generated(5, seed, subtrees=1, **HOSTILE[regime])
        result = optkit.solve(instance, "block")
        optimum = brute_force(instance)
        assert result.bound is not None
        assert result.objective is not None
        assert result.bound <= optimum * (1 + 1e-9), (regime, seed)
        assert result.objective >= optimum * (1 - 1e-9), (regime, seed)


def test_relay_bound_is_never_weaker_than_the_relaxation() -> None:
    """Counting relaying only raises the bound."""
    for seed in range(20):
        instance = generated(25, seed, subtrees=2)
        tree = sink_tree(instance)
        local = optkit.solve(instance, "local", bound="none")
        roots = np.flatnonzero(tree.parent == 0)
        bound = relay_bound(tree, contiguous_blocks(tree).capacity[roots])
        assert local.bound is not None
        assert bound >= local.bound * (1 - 1e-9)
