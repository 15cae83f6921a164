"""From recorded samples to one value a slot: which window, and linear interpolation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.errors import UsageError
from optkit.core.suggest import nearest
from optkit.sync.data.importers.options import SeriesOptions


@dataclass(frozen=True, eq=False)
class Series:
    """The load of one machine as it was recorded.

    Parameters
    ----------
    name
        The machine.
    seconds
        (samples,): when it was sampled, rising, in s of the source's clock.
    percent
        (samples,): its load.
    """

    name: str
    seconds: Floats
    percent: Floats


SHOWN = 20
"""Machines that a message names."""

Spans = list[tuple[float, float]]
"""Intervals of time, rising and disjoint, s."""


def chosen(series: Sequence[Series], options: SeriesOptions) -> list[Series]:
    """Return the machines that are asked for; see :func:`chosen_names`."""
    known = {one.name: one for one in series}
    return [known[name] for name in chosen_names(list(known), options)]


def chosen_names(known: Sequence[str], options: SeriesOptions) -> list[str]:
    """Return the machines that are asked for: those named, or the first ones.

    Raises
    ------
    UsageError
        If a name is unknown or there are too few machines.
    """
    if options.machines is not None:
        names = [name.strip() for name in options.machines.split(",") if name.strip()]
        for name in names:
            if name not in known:
                guess = nearest(name, known)
                hint = f" Did you mean {guess!r}?" if guess else ""
                more = ", …" if len(known) > SHOWN else "."
                raise UsageError(
                    f"option machines: unknown machine {name!r}.{hint} The source has"
                    f" {len(known)}: {', '.join(known[:SHOWN])}{more}"
                )
        if len(set(names)) < len(names) or not names:
            raise UsageError(
                f"option machines: {options.machines!r} names none, or one twice; give"
                " different names, separated by commas"
            )
        return names
    if len(known) < options.devices:
        raise UsageError(
            f"option devices: {options.devices} are asked for, the source has"
            f" {len(known)} machines; ask for fewer"
        )
    return list(known[: options.devices])


def gridded(
    series: Sequence[Series], options: SeriesOptions, slot_seconds: float
) -> tuple[Floats, float]:
    """Return the loads on a regular grid, and when its first slot is.

    Between two samples the load is interpolated linearly, except across gaps that are
    longer than ``max_gap_s``.

    Parameters
    ----------
    series
        The machines, N.
    options
        Which window; without ``begin_s`` the first one in which no gap is too long.
    slot_seconds
        Distance of the grid's points, s.

    Returns
    -------
    tuple
        Loads in percent, (N, T), and the time of slot 0 in s of the source's clock.

    Raises
    ------
    UsageError
        If there is no such window, with the first one that would do if there is one.
    """
    length = (options.slots - 1) * slot_seconds
    common = [(-np.inf, np.inf)]
    for one in series:
        common = _both(common, spans(one, options.max_gap_s))
    origin = min(float(one.seconds[0]) for one in series)
    fitting = [first for first, last in common if last - first >= length]
    if options.begin_s is None:
        if not fitting:
            longest = max((last - first for first, last in common), default=0.0)
            raise UsageError(
                f"option slots: {options.slots} slots of {slot_seconds:g} s are asked"
                f" for, but the chosen machines have at most {longest:g} s together"
                f" without a gap of more than {options.max_gap_s:g} s; ask for fewer"
                " slots or shorter ones, name other machines, or raise max_gap_s"
            )
        begin = fitting[0]
    else:
        begin = origin + options.begin_s
        inside = [a <= begin and begin + length <= b for a, b in common]
        if not any(inside):
            remedy = (
                f"{fitting[0] - origin:g} is the first begin that does"
                if fitting
                else "no begin does: ask for fewer slots, or raise max_gap_s"
            )
            raise UsageError(
                f"option begin_s: {options.slots} slots from {options.begin_s:g} s on"
                f" meet a gap of more than {options.max_gap_s:g} s or an end of the"
                f" recording; {remedy}"
            )
    times = begin + slot_seconds * np.arange(options.slots)
    loads = np.array([np.interp(times, one.seconds, one.percent) for one in series])
    return loads, begin


def spans(series: Series, max_gap_s: float) -> Spans:
    """Return the times between which a series has no gap longer than ``max_gap_s``."""
    after = np.flatnonzero(np.diff(series.seconds) > max_gap_s) + 1
    return [
        (float(part[0]), float(part[-1])) for part in np.split(series.seconds, after)
    ]


def _both(one: Spans, other: Spans) -> Spans:
    """Return the times that lie in both; empty meetings are left out."""
    met: Spans = []
    a = b = 0
    while a < len(one) and b < len(other):
        first = max(one[a][0], other[b][0])
        last = min(one[a][1], other[b][1])
        if first <= last:
            met.append((first, last))
        if one[a][1] < other[b][1]:
            a += 1
        else:
            b += 1
    return met
