"""When devices report and when routers notify: problem (14), with every load known.

Source: Huang et al., "Resource Synchronization Mechanism Design in Computing Power
Networks". Devices send their load to their router, and routers notify each other of the
values that they hold. Ages of information, errors of copies, notifications and reports
cost.

A held value, or a copy of one, is identified by the slot of the report that it comes from;
0 stands for the load of slot 0, which all know from the start. So every age and every error
is linear in the choice of these slots, and the L1 error is the least number above both
differences.

There are two models: :func:`notification_model` for given reports, where the links are
independent, and :func:`synchronisation_model` with the reports free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo


@dataclass(frozen=True)
class NotificationData:
    """Notifications for given reports; costs in units of the objective.

    Parameters
    ----------
    slots
        Slots T.
    cost
        For each link, by (s, t): cost of slot t if the last notification was in slot
        s ≤ t, -1 for none yet. A pair that is left out would pass the limit on ages.
    fee
        Cost of a notification, by link.
    """

    slots: int
    cost: Mapping[str, Mapping[tuple[int, int], float]]
    fee: Mapping[str, float]


@dataclass(frozen=True)
class SynchronisationData:
    """Reports and notifications together; costs in units of the objective.

    Parameters
    ----------
    slots
        Slots T.
    load
        Load of each device in every slot, in percent.
    transmit
        Slots that a device's reports are under way.
    source
        The devices of each link's source.
    residence
        Residence time of each link, in slots.
    fee
        Cost of a notification, by link.
    report, age, error
        Cost of a report, of a slot of age of one link in one slot, and of a percent of
        error of one link in one slot.
    max_device_age, max_pair_age
        Limits on the ages, in slots.
    true_error
        Whether errors are measured from the loads rather than from the held values.
    """

    slots: int
    load: Mapping[str, Sequence[float]]
    transmit: Mapping[str, int]
    source: Mapping[str, Sequence[str]]
    residence: Mapping[str, float]
    fee: Mapping[str, float]
    report: float
    age: float
    error: float
    max_device_age: float
    max_pair_age: float
    true_error: bool


def notification_model(data: NotificationData) -> pyo.ConcreteModel:
    """Return the choice of notifications for given reports.

    Returns
    -------
    ConcreteModel
        With ``notify[l, t]``, and ``since[l, s, t]``: 1 if in slot t the last
        notification was in slot s (-1: none yet), which ``notify`` implies.
    """
    model = pyo.ConcreteModel(name="notifications")
    model.SLOTS = pyo.RangeSet(0, data.slots - 1, doc="slots")
    model.LINKS = pyo.Set(initialize=list(data.cost), doc="links")
    model.SINCE = pyo.Set(
        dimen=3,
        initialize=[
            (link, s, t) for link, costs in data.cost.items() for s, t in costs
        ],
        doc="link, slot of the last notification, slot, within the limit on ages",
    )
    model.notify = pyo.Var(model.LINKS, model.SLOTS, domain=pyo.Binary)
    model.since = pyo.Var(model.SINCE, bounds=(0, 1))

    @model.Constraint(model.LINKS, model.SLOTS, doc="one notification is the last one")
    def one_last(model: Any, link: str, t: int) -> Any:
        lasts = [s for s in range(-1, t + 1) if (s, t) in data.cost[link]]
        if not lasts:
            return pyo.Constraint.Infeasible
        return sum(model.since[link, s, t] for s in lasts) == 1

    @model.Constraint(model.SINCE, doc="the last one stays so until the next")
    def stays(model: Any, link: str, s: int, t: int) -> Any:
        if s == t:
            return model.since[link, s, t] == model.notify[link, t]
        if t == 0:
            return pyo.Constraint.Skip
        if (s, t - 1) not in data.cost[link]:
            return model.since[link, s, t] == 0
        return model.since[link, s, t] <= model.since[link, s, t - 1]

    @model.Constraint(
        model.LINKS, model.SLOTS, doc="no notification of what is too old"
    )
    def young_enough(model: Any, link: str, t: int) -> Any:
        if (t, t) in data.cost[link]:
            return pyo.Constraint.Skip
        return model.notify[link, t] == 0

    @model.Objective(doc="ages, errors and fees (eq 14)")
    def cost(model: Any) -> Any:
        spent = sum(
            data.cost[link][s, t] * model.since[link, s, t]
            for link, s, t in model.SINCE
        )
        fees = sum(data.fee[link] * model.notify[link, t] for link, t in model.notify)
        return spent + fees

    return model


def synchronisation_model(data: SynchronisationData) -> pyo.ConcreteModel:
    """Return the choice of reports and notifications together.

    Returns
    -------
    ConcreteModel
        With ``report[n, s]`` and ``notify[l, t]``; ``held[n, r, t]``: 1 if in slot t the
        router of device n holds its report of slot r; ``copied[l, n, r, t]``: 1 if the
        target of link l has a copy of it; ``unused[l, t]``: 1 if the link has not been
        used yet.
    """
    model = pyo.ConcreteModel(name="synchronisation")
    last = data.slots - 1
    pairs = [(link, n) for link, members in data.source.items() for n in members]
    model.SLOTS = pyo.RangeSet(0, last, doc="slots")
    model.LINKS = pyo.Set(initialize=list(data.source), doc="links")
    model.REPORTS = pyo.Set(
        dimen=2,
        initialize=[
            (n, s) for n in data.load for s in range(1, data.slots - data.transmit[n])
        ],
        doc="device, slot of a report that arrives; slot 0 is known without one",
    )
    model.HELD = pyo.Set(
        dimen=3,
        initialize=[
            (n, r, t)
            for n in data.load
            for t in range(data.slots)
            for r in _known(data, n, t)
            if t - r <= data.max_device_age
        ],
        doc="device, slot of a report, slot, within the limit on device ages (14a)",
    )
    model.COPIED = pyo.Set(
        dimen=4,
        initialize=[
            (link, n, r, t)
            for link, n in pairs
            for t in range(data.slots)
            for r in _known(data, n, t)
        ],
        doc="link, device, slot of a report, slot",
    )
    model.report = pyo.Var(model.REPORTS, domain=pyo.Binary)
    model.notify = pyo.Var(model.LINKS, model.SLOTS, domain=pyo.Binary)
    model.held = pyo.Var(model.HELD, bounds=(0, 1))
    model.copied = pyo.Var(model.COPIED, bounds=(0, 1))
    model.unused = pyo.Var(model.LINKS, model.SLOTS, bounds=(0, 1))
    model.error = pyo.Var(
        pyo.Set(dimen=2, initialize=pairs), model.SLOTS, domain=pyo.NonNegativeReals
    )

    def held_load(n: str, t: int) -> Any:
        return sum(
            data.load[n][r] * model.held[n, r, t]
            for r in _known(data, n, t)
            if (n, r, t) in model.HELD
        )

    def copied_load(link: str, n: str, t: int) -> Any:
        return sum(
            data.load[n][r] * model.copied[link, n, r, t] for r in _known(data, n, t)
        )

    def pair_age(link: str, t: int) -> Any:
        members = data.source[link]
        mean = sum(
            (t - r) * model.copied[link, n, r, t] / len(members)
            for n in members
            for r in _known(data, n, t)
        )
        return mean + data.residence[link] * (1 - model.unused[link, t])

    @model.Constraint(list(data.load), model.SLOTS, doc="one report is held")
    def one_held(model: Any, n: str, t: int) -> Any:
        known = [r for r in _known(data, n, t) if (n, r, t) in model.HELD]
        if not known:
            return pyo.Constraint.Infeasible
        return sum(model.held[n, r, t] for r in known) == 1

    @model.Constraint(model.HELD, doc="a report is held from its arrival (eq 5)")
    def arrives(model: Any, n: str, r: int, t: int) -> Any:
        if r > 0 and r == t - data.transmit[n]:
            return model.held[n, r, t] == model.report[n, r]
        if t == 0:
            return pyo.Constraint.Skip
        return model.held[n, r, t] <= model.held[n, r, t - 1]

    @model.Constraint(model.REPORTS, doc="a report that arrives too old is of no use")
    def timely(model: Any, n: str, s: int) -> Any:
        if (n, s, s + data.transmit[n]) in model.HELD:
            return pyo.Constraint.Skip
        return model.report[n, s] == 0

    @model.Constraint(pairs, model.SLOTS, doc="one report is copied")
    def one_copied(model: Any, link: str, n: str, t: int) -> Any:
        return sum(model.copied[link, n, r, t] for r in _known(data, n, t)) == 1

    @model.Constraint(model.COPIED, doc="copies change by notification (eq 6)")
    def changes(model: Any, link: str, n: str, r: int, t: int) -> Any:
        if t == 0:
            return pyo.Constraint.Skip
        before = model.copied[link, n, r, t - 1] if r in _known(data, n, t - 1) else 0
        return model.copied[link, n, r, t] <= before + model.notify[link, t]

    @model.Constraint(model.COPIED, doc="a notification copies the held report (eq 6)")
    def copies(model: Any, link: str, n: str, r: int, t: int) -> Any:
        held = model.held[n, r, t] if (n, r, t) in model.HELD else 0
        return model.copied[link, n, r, t] <= held + 1 - model.notify[link, t]

    @model.Constraint(model.LINKS, model.SLOTS, doc="a link is unused until it is used")
    def until_used(model: Any, link: str, t: int) -> Any:
        return model.unused[link, t] <= 1 - model.notify[link, t]

    @model.Constraint(model.LINKS, model.SLOTS, doc="a link once used stays used")
    def stays_used(model: Any, link: str, t: int) -> Any:
        if t == 0:
            return pyo.Constraint.Skip
        return model.unused[link, t] <= model.unused[link, t - 1]

    @model.Constraint(model.LINKS, model.SLOTS, doc="limit on pair ages (14b)")
    def young(model: Any, link: str, t: int) -> Any:
        return pair_age(link, t) <= data.max_pair_age

    def reference(n: str, t: int) -> Any:
        return data.load[n][t] if data.true_error else held_load(n, t)

    @model.Constraint(pairs, model.SLOTS, doc="error where the copy is too low (eq 10)")
    def short(model: Any, link: str, n: str, t: int) -> Any:
        return model.error[link, n, t] >= reference(n, t) - copied_load(link, n, t)

    @model.Constraint(
        pairs, model.SLOTS, doc="error where the copy is too high (eq 10)"
    )
    def over(model: Any, link: str, n: str, t: int) -> Any:
        return model.error[link, n, t] >= copied_load(link, n, t) - reference(n, t)

    @model.Objective(doc="ages, errors, fees and reports (eq 14)")
    def cost(model: Any) -> Any:
        ages = sum(pair_age(link, t) for link in model.LINKS for t in model.SLOTS)
        fees = sum(data.fee[link] * model.notify[link, t] for link, t in model.notify)
        return (
            data.age * ages
            + data.error * sum(model.error.values())
            + fees
            + data.report * sum(model.report.values())
        )

    return model


def _known(data: SynchronisationData, n: str, t: int) -> list[int]:
    """Return the slots of the reports of a device that may have arrived by slot t."""
    return [0, *range(1, t - data.transmit[n] + 1)]
