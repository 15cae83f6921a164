"""The dispatch solution: the server of every job, and what access points were told."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from optkit.core.files.document import Part
from optkit.core.files.fields import (
    LARGEST_WHOLE,
    Identifier,
    NonNegative,
    Number,
    QuantityOrZero,
)
from optkit.core.instance import Solution

Intervals = tuple[Annotated[int, Field(strict=True, ge=0, le=LARGEST_WHOLE)], ...]
"""Numbers of intervals, strictly increasing."""


class Notifications(Part):
    """The messages from one router to an access point.

    Parameters
    ----------
    source, target
        The access point or cloud that sends, and the access point that is told.
    intervals
        Intervals at whose start a message is sent.
    """

    source: Identifier
    target: Identifier
    intervals: Intervals


class Information(Part):
    """The messages by which access points knew of queues, and their prices.

    Parameters
    ----------
    fee, report_fee
        Price of a message per hop, and of a report, in jobs.
    error_price, age_price
        Prices of an interval in which a copy is wrong by one job, or of an interval of age
        of a copy, in jobs.
    objective
        Sum of all of these over the sample path: the objective of sync, in jobs.
    reports
        Intervals at whose start each queue's length, or each access point's jobs under way,
        were reported to its router; what is left out never was.
    notifications
        One entry per link, in any order; a link that is left out was never used.
    """

    fee: QuantityOrZero
    report_fee: QuantityOrZero
    error_price: QuantityOrZero
    age_price: QuantityOrZero
    objective: NonNegative
    reports: dict[Identifier, Intervals]
    notifications: tuple[Notifications, ...]


class DispatchSolution(Solution):
    """An answer to a :class:`optkit.dispatch.instance.DispatchInstance`.

    Parameters
    ----------
    target
        For every job, in the order of the instance's jobs, the index of the server to
        which it was sent.
    policy_prices
        For every job a price, in boundaries, from which the checker computes the
        metric ``policy_bound``; None where no prices were searched for.
    information
        What access points were told, if that was decided by a policy of sync; None if
        everybody's state was announced at every boundary, or everything was known.
    """

    target: tuple[Annotated[int, Field(strict=True, ge=0, le=LARGEST_WHOLE)], ...]
    policy_prices: tuple[Number, ...] | None = None
    information: Information | None = None

    def document(self) -> dict[str, Any]:
        """Return the JSON-ready mapping; without what is None."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
