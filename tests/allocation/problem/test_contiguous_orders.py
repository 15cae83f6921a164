"""Contiguous orders: the recursion and its loops."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.allocation.problem.contiguous_orders import (
    block_loads,
    contiguous_blocks,
    supports_blocks,
)
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.core.runtime import loops
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


def test_compiled_and_plain_loops_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled loops give what plain ones give, which work on lists."""
    monkeypatch.setattr(loops, "_steps_taken", 0)
    instance = generated(3500, 5, subtrees=3)
    with loops.always_compiled():
        found = contiguous_blocks(sink_tree(instance))
        loads = block_loads(sink_tree(instance), found, np.ones(3))
    slow = contiguous_blocks(sink_tree(instance))
    for name in ("capacity", "own", "flow", "order"):
        assert np.array_equal(getattr(found, name), getattr(slow, name)), name
    assert np.array_equal(loads, block_loads(sink_tree(instance), slow, np.ones(3)))
