"""Contiguous orders: the recursion and its loops."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.allocation.bounds.relay_bound_kernels import tighten
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    supports_blocks,
)
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.core.runtime.compiled import compiled
from tests.allocation.instances import HOSTILE, generated


@pytest.mark.slow
def test_block_loads_fill_their_budgets() -> None:
    """The objective is what the checker recomputes."""
    for regime, settings in HOSTILE.items():
        for seed in range(10):
            instance = generated(40, seed, **settings)
            if not supports_blocks(sink_tree(instance)):
                continue
            result = optkit.solve(instance, "block")
            assert result.verification is not None, regime
            assert result.verification.feasible, regime
            assert result.verification.objective == pytest.approx(
                result.objective, rel=1e-9
            )


def test_compiled_and_plain_loops_agree() -> None:
    """Compiled loops give what plain ones give."""
    tree = sink_tree(generated(3500, 5, subtrees=3))
    plain = sink_tree(generated(3500, 5, subtrees=3))
    found = contiguous_blocks(tree)
    from optkit.allocation.problem import block_kernels

    before = block_kernels.COMPILED_FROM
    block_kernels.COMPILED_FROM = 10**9
    try:
        slow = contiguous_blocks(plain)
    finally:
        block_kernels.COMPILED_FROM = before
    for name in ("capacity", "own", "flow", "order"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(slow, name), rtol=1e-12
        )
    assert compiled(tighten) is compiled(tighten)
