"""Reports that are given in a file: ``--set reports=FILE``."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files.text import read_json
from optkit.core.suggest import nearest
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import held_values, notified_age
from optkit.sync.problem.problem_data import ProblemData
from optkit.sync.problem.report_gaps import ROUNDING


def read_reports(
    path: str | Path, instance: SyncInstance, data: ProblemData
) -> list[Ints]:
    """Return each device's report slots as a file gives them.

    Parameters
    ----------
    path
        A solution file, or a JSON object with the key ``reports``: slots by device. A
        device that is left out never reports.
    instance, world
        What they are for.

    Raises
    ------
    InvalidFileError
        If the file cannot be read, names unknown devices, or gives reports with which
        the limits on ages cannot be kept.
    """
    content = read_json(Path(path))
    for key in ("solution", "reports"):
        if isinstance(content, Mapping) and key in content:
            content = content[key]
    if not isinstance(content, Mapping):
        raise InvalidFileError(
            str(path), ["no reports: an object of slots by device is expected"]
        )
    known = {device.id: place for place, device in enumerate(instance.devices)}
    issues = [
        issue
        for name, slots in content.items()
        for issue in _faults(name, slots, known, data.slots)
    ]
    if issues:
        raise InvalidFileError(str(path), issues)
    reports = [np.array(content.get(name, ()), dtype=np.int64) for name in known]
    issues = _past_limits(instance, data, reports)
    if issues:
        raise InvalidFileError(str(path), issues)
    return reports


def _faults(name: str, slots: Any, known: Mapping[str, int], last: int) -> list[Issue]:
    path = f"reports.{name}"
    if name not in known:
        guess = nearest(name, known)
        hint = f"; did you mean {guess!r}?" if guess else ""
        return [Issue(path, f"{name!r} is not a device of this instance{hint}")]
    whole = isinstance(slots, list) and all(
        isinstance(slot, int) and not isinstance(slot, bool) for slot in slots
    )
    if not whole:
        return [Issue(path, "an array of whole numbers is expected")]
    if any(one >= other for one, other in pairwise(slots)):
        return [Issue(path, "slots have to be strictly increasing")]
    if slots and not 0 <= slots[0] <= slots[-1] < last:
        return [Issue(path, f"slots have to be within 0 and {last - 1}")]
    return []


def _past_limits(
    instance: SyncInstance, data: ProblemData, reports: list[Ints]
) -> list[Issue]:
    """Return the devices that get too old, and the links that must."""
    known = held_values(data, reports)
    issues = []
    for device, ages in zip(instance.devices, known.age, strict=True):
        old = np.flatnonzero(ages > data.max_device_age + ROUNDING)
        if len(old):
            text = (
                f"the device's age is {ages[old[0]]:g} in slot {old[0]}, over"
                f" max_device_age {world.max_device_age:g}; report earlier"
            )
            issues.append(Issue(f"reports.{device.id}", text))
    slots = np.arange(data.slots)
    told = notified_age(data, known)
    for link, ages in zip(instance.links, told, strict=True):
        least = np.minimum(ages, slots)
        old = np.flatnonzero(least > data.max_pair_age + ROUNDING)
        if len(old):
            text = (
                f"with these, {link.source!r} to {link.target!r} is {least[old[0]]:g}"
                f" slots old in slot {old[0]} even if told in every slot, over"
                f" max_pair_age {world.max_pair_age:g}; report earlier"
            )
            issues.append(Issue("reports", text))
    return issues
