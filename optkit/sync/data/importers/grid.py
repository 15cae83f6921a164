"""From recorded samples to one value per slot: the window, and linear interpolation."""

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
        (samples,): times of the samples, increasing, in s of the source's clock.
    percent
        (samples,): its load.
    """

    name: str
    seconds: Floats
    percent: Floats


SHOWN = 20
"""Most machines that a message names."""

Spans = list[tuple[float, float]]
"""Intervals of time, increasing and disjoint, s."""


def chosen(series: Sequence[Series], options: SeriesOptions) -> list[Series]:
    """Return the machines that are asked for; see :func:`chosen_names`."""
    by_name = {machine.name: machine for machine in series}
    return [by_name[name] for name in chosen_names(list(by_name), options)]


def chosen_names(machines: Sequence[str], options: SeriesOptions) -> list[str]:
    """Return the machines that are asked for: those named, or the first ones.

    Raises
    ------
    UsageError
        If a name is unknown or there are too few machines.
    """
    if options.machines is not None:
        names = [name.strip() for name in options.machines.split(",") if name.strip()]
        for name in names:
            if name not in machines:
                guess = nearest(name, machines)
                hint = f" Did you mean {guess!r}?" if guess else ""
                more = ", …" if len(machines) > SHOWN else "."
                raise UsageError(
                    f"option machines: unknown machine {name!r}.{hint} The source has"
                    f" {len(machines)}: {', '.join(machines[:SHOWN])}{more}"
                )
        if len(set(names)) < len(names) or not names:
            raise UsageError(
                f"option machines: {options.machines!r} names none, or one twice; give"
                " different names, separated by commas"
            )
        return names
    asked_for = "devices" in options.model_fields_set
    if asked_for and len(machines) < options.devices:
        raise UsageError(
            f"option devices: {options.devices} are asked for, the source has"
            f" {len(machines)} machines; ask for fewer"
        )
    return list(machines[: options.devices])


def gridded(
    series: Sequence[Series], options: SeriesOptions, slot_seconds: float
) -> tuple[Floats, float]:
    """Return the loads on a regular grid, and the time of its first slot.

    Between two samples the load is interpolated linearly, except across gaps longer than
    ``max_gap_s``.

    Parameters
    ----------
    series
        The N machines.
    options
        The window; without ``begin_s``, the first one in which no gap is too long.
    slot_seconds
        Distance of the points of the grid, s.

    Returns
    -------
    tuple
        Loads in percent, (N, T), and the time of slot 0 in s of the source's clock.

    Raises
    ------
    UsageError
        If there is no such window; the message names the first one that would do.
    """
    length = (options.slots - 1) * slot_seconds
    common = common_spans(series, options.max_gap_s)
    origin = min(float(machine.seconds[0]) for machine in series)
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
    loads = np.array([np.interp(times, m.seconds, m.percent) for m in series])
    return loads, begin


def what_is_there(
    series: Sequence[Series], options: SeriesOptions, slot_seconds: float
) -> dict[str, int]:
    """Return how many slots to take where nobody asks for a number: those there are.

    Only a default is lowered, and only where no window has so many slots.
    """
    if "slots" in options.model_fields_set:
        return {}
    common = common_spans(series, options.max_gap_s)
    if options.begin_s is not None:
        begin = min(float(machine.seconds[0]) for machine in series) + options.begin_s
        common = [(begin, last) for first, last in common if first <= begin <= last]
    longest = max(
        (_slots_within(last - first, slot_seconds) for first, last in common),
        default=options.slots,
    )
    return {"slots": longest} if 1 < longest < options.slots else {}


def _slots_within(seconds: float, slot_seconds: float) -> int:
    """Return how many slots begin within a time, both ends included."""
    count = int(seconds / slot_seconds)
    return count + 1 if count * slot_seconds <= seconds else count


def common_spans(series: Sequence[Series], max_gap_s: float) -> Spans:
    """Return the intervals in which no series has a gap longer than ``max_gap_s``."""
    common: Spans = [(-np.inf, np.inf)]
    for machine in series:
        common = _intersection(common, spans(machine, max_gap_s))
    return common


def spans(series: Series, max_gap_s: float) -> Spans:
    """Return the intervals in which a series has no gap longer than ``max_gap_s``."""
    after = np.flatnonzero(np.diff(series.seconds) > max_gap_s) + 1
    return [
        (float(part[0]), float(part[-1])) for part in np.split(series.seconds, after)
    ]


def _intersection(first_spans: Spans, second_spans: Spans) -> Spans:
    """Return the intervals that lie in both."""
    common: Spans = []
    a = b = 0
    while a < len(first_spans) and b < len(second_spans):
        first = max(first_spans[a][0], second_spans[b][0])
        last = min(first_spans[a][1], second_spans[b][1])
        if first <= last:
            common.append((first, last))
        if first_spans[a][1] < second_spans[b][1]:
            a += 1
        else:
            b += 1
    return common
