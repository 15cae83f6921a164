"""The choice of ``auto``."""

from __future__ import annotations

from typing import Any

import pytest

import optkit
from tests.allocation.instances import generated


@pytest.mark.parametrize(
    ("solver", "options"),
    [
        ("branch-and-bound", {"servers": 6, "shape": "chain", "tx_watt": 100.0}),
        ("block-ls", {"servers": 20, "shape": "chain", "tx_watt": 100.0}),
        ("pmo", {"servers": 6, "weight_time": 0.0, "capacitance": 0.0}),
        ("block", {"servers": 6}),
        ("block", {"servers": 30, "subtrees": 1}),
        ("closed-form", {"servers": 30, "subtrees": 1, "weight_energy": 0.0}),
        ("ga", {"servers": 30, "weight_time": 0.0, "capacitance": 0.0}),
    ],
)
def test_auto_says_which_and_why(solver: str, options: dict[str, Any]) -> None:
    """``auto`` takes a proof where it is cheap, the best certified answer elsewhere."""
    result = optkit.solve(generated(**options))
    assert result.solver.name == solver
    assert result.solver.chosen
    assert result.bound is not None
