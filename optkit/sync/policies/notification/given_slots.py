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
    return np.flatnonzero(forced(view.notified_age, view.allowed, view.limit, wanted))


