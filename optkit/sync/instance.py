"""The sync instance: routers, devices with their load series, and links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from optkit.core.errors import Issue
from optkit.core.files.document import Part
from optkit.core.files.fields import Identifier, Quantity, QuantityOrZero
from optkit.core.instance import Instance
from optkit.sync.validation import find_issues

MAX_SLOTS = 10_000_000
MAX_DEVICES = 1_000_000
MAX_LINKS = 10_000_000

HIGHEST_LOAD = 1000.0
"""In percent. Measured loads do exceed 100 (bursts above a purchased share); above ten
times that, the unit is wrong."""

Load = Annotated[
    float, Field(strict=True, ge=0.0, le=HIGHEST_LOAD, allow_inf_nan=False)
]
"""Load in percent of the device's capacity."""

SlotCount = Annotated[int, Field(strict=True, ge=0, le=MAX_SLOTS)]
"""A number of slots."""


class Device(Part):
    """A device and its load.

    Parameters
    ----------
    id
        Its name, unique in the instance.
    router
        The router it reports to.
    transmit_slots
        Slots from a report to its arrival, t_trans.
    load_percent
        Its load a in every slot, in percent, from 0 to 1000.
    """

    id: Identifier
    router: Identifier
    transmit_slots: SlotCount = 1
    load_percent: tuple[Load, ...] = Field(max_length=MAX_SLOTS)


class Link(Part):
    """An ordered pair of routers of which the first may notify the second (D = 1).

    Parameters
    ----------
    source, target
        Ids of the routers.
    hops
        Hops between them, γ.
    payload
        Size d of a notification without its header.
    rate
        Payload transmitted per slot; payload / rate is the residence time in slots.
    """

    source: Identifier
    target: Identifier
    hops: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 1
    payload: QuantityOrZero
    rate: Quantity


class Change(Part):
    """The links from a slot on, in the place of those before.

    Parameters
    ----------
    slot
        The first slot in which they are there, from 1.
    links
        All of them. What a router knows of another stays when their link changes or goes.
    """

    slot: Annotated[int, Field(strict=True, ge=1, le=MAX_SLOTS)]
    links: tuple[Link, ...] = Field(max_length=MAX_LINKS)


class Weights(Part):
    """Weights of the objective (eq 14).

    Parameters
    ----------
    age
        ω1, per mean pair age of ``age_tolerance``.
    error
        ω2, per percent.
    cost
        ω3, per unit of communication cost.
    report
        Per report, divided by the number of devices; 0 in the paper.
    """

    age: QuantityOrZero
    error: QuantityOrZero
    cost: QuantityOrZero
    report: QuantityOrZero = 0.0


class Reading(Part):
    """The choice between two readings of the model.

    Parameters
    ----------
    error
        What errors of a neighbour's copy are measured from: the values that the router
        itself holds (``held``, eqs 6 and 10), or the devices' load (``true``).
    """

    error: Literal["held", "true"] = "held"


class SyncInstance(Instance):
    """Routers that keep each other informed of their devices' load (problem 14).

    Ages are in slots. Missing keys with a default mean the paper's reading.

    Parameters
    ----------
    slots
        Number of slots T; they are numbered from 0.
    slot_seconds
        Length of a slot in s.
    changes
        How the links change, in the order of their slots; None: they do not. Ages and
        errors count, and limits hold, in the slots in which a pair has a link; they are
        divided by the number of links at the start. No policy knows of a change before it
        happens.
    header_cost
        O_0, added to every notification's payload.
    age_tolerance
        ξ, in slots.
    max_device_age, max_pair_age
        Limits on the ages φ and Φ, in slots (eqs 14a, 14b).
    reconstruction
        The curve that redraws a series from its reports: a cubic spline, or PCHIP.
    """

    SCHEMA: ClassVar[str] = "optkit/sync"
    SIZES: ClassVar[Mapping[str, str]] = {
        "slots": "slots",
        "routers": "routers",
        "devices": "devices",
        "links": "links",
    }

    schema_: Literal["optkit/sync"] = Field("optkit/sync", alias="schema")
    schema_version: Literal[1] = 1
    slots: Annotated[int, Field(strict=True, ge=1, le=MAX_SLOTS)]
    slot_seconds: Quantity
    routers: tuple[Identifier, ...] = Field(min_length=1, max_length=MAX_DEVICES)
    devices: tuple[Device, ...] = Field(min_length=1, max_length=MAX_DEVICES)
    links: tuple[Link, ...] = Field(max_length=MAX_LINKS)
    changes: Annotated[tuple[Change, ...], Field(min_length=1)] | None = None
    header_cost: QuantityOrZero
    age_tolerance: Quantity
    weights: Weights
    reading: Reading = Reading()
    max_device_age: QuantityOrZero
    max_pair_age: QuantityOrZero
    reconstruction: Literal["cubic", "pchip"] = "cubic"

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Source and target of every link that there ever is, those at the start first."""
        links = [
            *self.links,
            *(x for change in self.changes or () for x in change.links),
        ]
        return tuple(dict.fromkeys((link.source, link.target) for link in links))

    @classmethod
    def cross_check(cls, data: Mapping[str, Any]) -> Iterable[Issue]:
        """Yield repeated and dangling ids, ragged series, limits that cannot be kept."""
        return find_issues(data)
