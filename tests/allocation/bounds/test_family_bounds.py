"""The family's bounds keep to the time that they are given."""

from __future__ import annotations

import sys

import pytest

import optkit
from optkit.allocation.bounds import family_bounds
from optkit.allocation.bounds.relaxation import SOURCE


def test_bounds_that_would_take_too_long_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Under a tight limit only the instant bound is computed; loading numba counts."""
    network = optkit.generate("allocation", servers=320, seed=1, shape="random-tree")
    relaxation, *others = family_bounds.BOUNDS[:3]
    assert relaxation.seconds(network) == 0.0
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    assert all(bound.seconds(network) > 0.5 for bound in others)
    answer = optkit.solve(network, "local", time_limit=1.0)
    assert answer.bound_source == SOURCE
    monkeypatch.setitem(sys.modules, "numba", sys)
    assert all(bound.seconds(network) < 0.01 for bound in others)
