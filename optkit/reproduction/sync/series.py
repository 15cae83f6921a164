"""Loads for the comparisons: windows of recorded series, and drawn series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from optkit.core.arrays import Floats
from optkit.reproduction.engine.data_sets import data_file
from optkit.sync.data.importers import alibaba
from optkit.sync.data.importers.grid import Series, spans
from optkit.sync.data.load_series import plateau_burst

MAX_GAP_S = 1200.0
"""Longest gap in a series that is interpolated, s."""

FLATTEST = 0.5
"""Least standard deviation of a window, in percent; flatter ones are left out."""

BURSTS = 0.02
"""Bursts of a drawn series, per slot."""

USAGE = Path("alibaba2018", "machine_usage_head.csv.gz")
"""Path of the usage of Alibaba's machines in the folder of data sets."""


def windows(series: Series, step_s: float, slots: int) -> Iterator[Floats]:
    """Yield consecutive windows of a series, (T,) each.

    Loads are interpolated linearly on a grid, but not across gaps of more than 20 minutes.
    Flat windows are left out.

    Parameters
    ----------
    series
        The series of a machine.
    step_s
        Step of the grid, s.
    slots
        T.
    """
    for first, last in spans(series, MAX_GAP_S):
        grid = np.arange(first, last + 1e-9, step_s)
        loads = np.interp(grid, series.seconds, series.percent)
        for begin in range(0, len(loads) - slots + 1, slots):
            window = loads[begin : begin + slots]
            if window.std() > FLATTEST:
                yield np.ascontiguousarray(window)


def halves(
    series: Sequence[Series], step_s: float, slots: int
) -> tuple[list[Floats], list[Floats]]:
    """Return windows of the machines at even positions, and of those at odd positions."""
    even, odd = (
        [
            window
            for machine in series[half::2]
            for window in windows(machine, step_s, slots)
        ]
        for half in (0, 1)
    )
    return even, odd


def bursty(count: int, slots: int, rng: np.random.Generator) -> list[Floats]:
    """Draw series: plateaus with bursts."""
    return [plateau_burst(slots, BURSTS, rng) for _ in range(count)]


def recorded_usage(slots: int) -> tuple[list[Floats], list[Floats]] | str:
    """Return windows of Alibaba's machines for training and for scoring, 60 s per slot.

    Returns
    -------
    tuple or str
        The windows, or why there are none.
    """
    usage = data_file(USAGE)
    if isinstance(usage, str):
        return usage
    return halves(alibaba.recorded(usage).series, alibaba.SLOT_S, slots)
