"""Notifications in slots that are chosen beforehand, and where a limit forces one."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Bools, Ints
from optkit.sync.problem.observation import LinkView


def with_forced(view: LinkView, wanted: Bools) -> Ints:
    """Return the slots that are wanted, (T,), and those that the limit forces."""
    from optkit.sync.policies.kernels import with_forced

    return np.flatnonzero(
        with_forced(view.notified_age, view.allowed, view.limit, wanted)
    )
