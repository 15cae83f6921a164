"""Tests of the enumeration that the solvers are compared with."""

from __future__ import annotations

import pytest

from optkit.bilevel.check.brute_force import brute_force
from tests.bilevel.examples import moore_bard


def test_optima_worked_out_by_hand() -> None:
    """Enumeration finds the optima that were worked out by hand."""
    assert brute_force(moore_bard()) == -22.0
    assert brute_force(moore_bard(integer=False)) == pytest.approx(-18.0)
