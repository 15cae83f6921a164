"""The choice of solvers by `auto`."""

from __future__ import annotations

import optkit
from optkit.discovery.family import choose


def test_auto_picks_by_size() -> None:
    """`auto` proves small instances, and prices the rows of large scopes."""
    small = optkit.generate("discovery", seed=1, nodes=10, windows=3)
    large = optkit.generate("discovery", seed=1, accuracy_scope="horizon")
    assert choose(small)[0].solver == "bilevel-exact"  # type: ignore[arg-type]
    assert [c.solver for c in choose(large)] == ["price", "bilevel-exact"]  # type: ignore[arg-type]
