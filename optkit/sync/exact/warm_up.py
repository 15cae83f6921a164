"""Calls the loops that no solver reaches on a tiny instance; see ``optkit warm``."""

from __future__ import annotations

import numpy as np

from optkit.sync.exact.changing_link_kernels import cheapest_with_changes
from optkit.sync.exact.kernels import move_cheapest
from optkit.sync.exact.report_selection import best_reports, error_bound


def warm_up() -> None:
    """Run the loops of the joint optimum, of changing links, and of redrawn series."""
    grid, origin = np.zeros((1, 2, 1)), np.zeros((1, 1), dtype=np.int32)
    move_cheapest(grid, np.zeros(1, dtype=np.int64), 1.0, origin)
    values, each_slot = np.zeros((2, 1)), np.ones(2)
    in_force = np.ones(2, dtype=np.bool_)
    cheapest_with_changes(
        values, values, each_slot, in_force, each_slot, each_slot, (1.0, 1.0, 9.0)
    )
    load = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0])
    best_reports(load, 2, "pchip", 4, 2)
    error_bound(load, 2, "pchip")
