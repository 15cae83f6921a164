"""Loads to compare reporting strategies on: windows of series, recorded or drawn."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from optkit.core.arrays import Floats
from optkit.sync.data.importers import alibaba
from optkit.sync.data.importers.grid import Series, spans
from optkit.sync.data.load_series import plateau_burst

MAX_GAP_S = 1200.0
"""Longest gap that is interpolated across, s."""

FLATTEST = 0.5
"""Windows with a smaller standard deviation, in percent, hold nothing to redraw."""

BURSTS = 0.02
"""Bursts of a drawn series, per slot."""

DATA = "OPTKIT_DATA"
"""Environment variable that names the folder with public data sets."""

USAGE = Path("alibaba2018", "machine_usage_head.csv.gz")
"""Where in that folder the usage of Alibaba's machines is."""


def windows(series: Series, step_s: float, slots: int) -> Iterator[Floats]:
    """Yield windows of a series, (T,) each, one after the other.

    Loads are interpolated linearly to a grid, never across a gap of more than 20 minutes;
    flat windows are left out.

    Parameters
    ----------
    series
        A machine.
    step_s
        Distance of the grid's points, s.
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
    """Return windows of the machines in even places, and of those in odd places."""
    even, odd = (
        [window for one in series[half::2] for window in windows(one, step_s, slots)]
        for half in (0, 1)
    )
    return even, odd


def bursty(count: int, slots: int, draw: np.random.Generator) -> list[Floats]:
    """Return drawn series: plateaus with bursts."""
    return [plateau_burst(slots, BURSTS, draw) for _ in range(count)]


def recorded_usage(slots: int) -> tuple[list[Floats], list[Floats]] | str:
    """Return windows of Alibaba's machines for training and for the score, 60 s a slot.

    Returns
    -------
    tuple or str
        The windows, or why there are none.
    """
    folder = os.environ.get(DATA)
    if not folder or not (Path(folder) / USAGE).is_file():
        return (
            f"The trace is not here: set {DATA} to a folder that has {USAGE.as_posix()},"
            " and run with --force."
        )
    series = alibaba.recorded(Path(folder) / USAGE).series
    return halves(series, alibaba.SLOT_S, slots)
