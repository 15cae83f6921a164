"""Calls the loops that no solver reaches on a tiny instance; see ``optkit warm``."""

from __future__ import annotations

import numpy as np

from optkit.sync.exact.kernels import move_cheapest
from optkit.sync.exact.report_selection import best_reports, error_bound


def warm_up() -> None:
    """Run the loops of the joint optimum and of the reports that redraw a series."""
    grid, origin = np.zeros((1, 2, 1)), np.zeros((1, 1), dtype=np.int32)
    move_cheapest(grid, np.zeros(1, dtype=np.int64), 1.0, origin)
    load = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0])
    best_reports(load, 2, "pchip", 4, 2)
    error_bound(load, 2, "pchip")
