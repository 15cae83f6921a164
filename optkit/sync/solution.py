"""The sync solution: when each device reports, and when each link is used."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from optkit.core.files.document import Part
from optkit.core.files.fields import LARGEST_WHOLE, Identifier
from optkit.core.instance import Solution

Slots = tuple[Annotated[int, Field(strict=True, ge=0, le=LARGEST_WHOLE)], ...]
"""Slots, strictly increasing."""


class Notifications(Part):
    """The slots in which one link is used.

    Parameters
    ----------
    source, target
        Ids of the link's routers.
    slots
        Slots b = 1 in which the source notifies the target.
    """

    source: Identifier
    target: Identifier
    slots: Slots


class SyncSolution(Solution):
    """A solution of a :class:`optkit.sync.instance.SyncInstance`.

    Parameters
    ----------
    reports
        Slots s = 1 in which each device reports, by its id; a device that is left out
        never reports.
    notifications
        One entry per link, in any order; a link that is left out is never used.
    """

    reports: dict[Identifier, Slots]
    notifications: tuple[Notifications, ...]
