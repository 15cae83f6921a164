"""The choice of solvers by `auto`."""

from __future__ import annotations

import optkit
from optkit.discovery.family import choose


def test_auto_picks_by_size() -> None:
    """`auto` proves small instances, and prices the rows of large scopes."""
    small = optkit.generate(
        "discovery", seed=1, nodes=10, windows=3, connection="optional"
    )
    large = optkit.generate(
        "discovery", seed=1, accuracy_scope="horizon", connection="optional"
    )
    assert choose(small)[0].solver == "bilevel-exact"  # type: ignore[arg-type]
    assert [c.solver for c in choose(large)] == ["price", "bilevel-exact"]  # type: ignore[arg-type]


def test_auto_proves_what_separates_at_any_size() -> None:
    """Where only the places of agents are left to choose, `auto` takes the proof."""
    separate = optkit.generate("discovery", seed=1, accuracy_scope="horizon")
    (choice,) = choose(separate)  # type: ignore[arg-type]
    assert choice.solver == "bilevel-exact"
    assert "facility location" in choice.reason
