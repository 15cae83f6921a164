"""The errors of single pieces."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.sync.exact.pieces import least_errors, piece_errors, tail_errors


def test_pieces_add_up_to_the_curve() -> None:
    """The sums of a piece give its error, and so does the tail."""
    load = np.random.default_rng(3).uniform(0, 100, 12)
    sums = piece_errors(load, 11)
    free = least_errors(load, sums, False)
    kept = least_errors(load, sums, True)
    assert (free <= kept + 1e-6).all()
    line = sums[2, 5] @ [1, *([(load[7] - load[2]) / 5] * 2), *([0.0] * 3)]
    slope = (load[7] - load[2]) / 5
    line += sums[2, 5, 3:].sum() * slope**2
    straight = np.interp(np.arange(2, 8), [2, 7], load[[2, 7]])
    assert line == pytest.approx(((straight - load[2:8]) ** 2).sum())
    assert tail_errors(load)[4] == pytest.approx(((load[4:] - load[4]) ** 2).sum())
