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
from optkit.sync.problem.report_gaps import LIMIT_ROUNDING


def read_reports(
    path: str | Path, instance: SyncInstance, data: ProblemData
) -> list[Ints]:
    """Return each device's report slots from a file.

    Parameters
    ----------
    path
        A solution file, or a JSON object with the key ``reports``: slots by device. A
        device that is left out never reports.
    instance, data
        The instance that they are for.

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
    devices = [device.id for device in instance.devices]
    issues = [
        issue
        for name, slots in content.items()
        for issue in _slot_issues(name, slots, devices, data.slots)
    ]
    if issues:
        raise InvalidFileError(str(path), issues)
    reports = [np.array(content.get(name, ()), dtype=np.int64) for name in devices]
    issues = _limit_issues(instance, data, reports)
    if issues:
        raise InvalidFileError(str(path), issues)
    return reports


def _slot_issues(
    name: str, slots: Any, devices: list[str], slot_count: int
) -> list[Issue]:
    path = f"reports.{name}"
    if name not in devices:
        guess = nearest(name, devices)
        hint = f"; did you mean {guess!r}?" if guess else ""
        return [Issue(path, f"{name!r} is not a device of this instance{hint}")]
    whole = isinstance(slots, list) and all(
        isinstance(slot, int) and not isinstance(slot, bool) for slot in slots
    )
    if not whole:
        return [Issue(path, "an array of whole numbers is expected")]
    if any(slot >= following for slot, following in pairwise(slots)):
        return [Issue(path, "slots have to be strictly increasing")]
    if slots and not 0 <= slots[0] <= slots[-1] < slot_count:
        return [Issue(path, f"slots have to be within 0 and {slot_count - 1}")]
    return []


def _limit_issues(
    instance: SyncInstance, data: ProblemData, reports: list[Ints]
) -> list[Issue]:
    """Return the devices, and the links, whose age passes its limit with these reports."""
    held = held_values(data, reports)
    issues = []
    for device, ages in zip(instance.devices, held.age, strict=True):
        late = np.flatnonzero(ages > data.max_device_age + LIMIT_ROUNDING)
        if len(late):
            text = (
                f"the device's age is {ages[late[0]]:g} in slot {late[0]}, over"
                f" max_device_age {data.max_device_age:g}; report earlier"
            )
            issues.append(Issue(f"reports.{device.id}", text))
    least_ages = np.minimum(notified_age(data, held), np.arange(data.slots))
    if data.course is not None:
        least_ages[~data.course.in_force] = 0.0
    for (source, target), least in zip(instance.pairs, least_ages, strict=True):
        late = np.flatnonzero(least > data.max_pair_age + LIMIT_ROUNDING)
        if len(late):
            text = (
                f"with these, {source!r} to {target!r} is {least[late[0]]:g}"
                f" slots old in slot {late[0]} even if notified in every slot, over"
                f" max_pair_age {data.max_pair_age:g}; report earlier"
            )
            issues.append(Issue("reports", text))
    return issues
