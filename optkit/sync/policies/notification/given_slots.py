"""Notifications in slots that are chosen beforehand, and where a limit forces one."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.runtime.compiled import compiled
from optkit.sync.problem.observation import LinkView


def with_forced(view: LinkView, wanted: Any) -> Ints:
    """Return the slots that are wanted, (T,) bool, and those that the limit forces."""
    forced = compiled(_forced)
    return np.flatnonzero(forced(view.told_age, view.allowed, view.limit, wanted))


def _forced(told_age: Any, allowed: Any, limit: float, wanted: Any) -> Any:
    """Return, (T,), whether a notification is sent in each slot. Compiled."""
    notify = np.zeros(len(wanted), np.bool_)
    age = -1.0
    for t in range(len(wanted)):
        age += 1.0
        if (wanted[t] or age > limit) and allowed[t]:
            notify[t] = True
            age = told_age[t]
    return notify
