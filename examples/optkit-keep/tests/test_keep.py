"""The contract tests of optkit, on this solver."""

from __future__ import annotations

from collections.abc import Callable

from optkit_keep import Keep

from optkit.testing import parametrize_with_contract


@parametrize_with_contract([Keep])
def test_contract(check: Callable[[], None]) -> None:
    """Limits, seeds, bounds and verification are as for optkit's own solvers."""
    check()
