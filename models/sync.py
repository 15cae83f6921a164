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

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo
from pyomo.core.expr import LinearExpression

ROUNDING = 1e-6
"""Slots by which a copy may be too old before its variable is left out."""


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
        router of device n holds its report of slot r. The target of link l has in slot t
        a copy of the report of slot r if ``taken[l, n, r, t]``, with the notification of
        that slot, or ``kept[l, n, r, t]``, from before it. ``unused[l, t]``: 1 if the
        link has not been used yet. ``age[l, t]`` and ``error[l, n, t]`` follow.

    Notes
    -----
    Only copies that are young enough for the limit on pair ages have variables, and only
    reports within the limit on device ages can be taken, so the model grows with the
    limits and not with the square of the slots. Errors from the true load are linear in
    the choice of a copy; from the held value they are the least number above both
    differences.
    """
    model = pyo.ConcreteModel(name="synchronisation")
    pairs = [(link, n) for link, members in data.source.items() for n in members]
    held = {(n, t): _held(data, n, t) for n in data.load for t in range(data.slots)}
    copied = {
        (link, n, t): _copied(data, link, n, t)
        for link, n in pairs
        for t in range(data.slots)
    }
    model.SLOTS = pyo.RangeSet(0, data.slots - 1, doc="slots")
    model.LINKS = pyo.Set(initialize=list(data.source), doc="links")
    model.PAIRS = pyo.Set(dimen=2, initialize=pairs, doc="link, device of its source")
    model.REPORTS = pyo.Set(
        dimen=2,
        initialize=[
            (n, s) for n in data.load for s in range(1, data.slots - data.transmit[n])
        ],
        doc="device, slot of a report that arrives; slot 0 is known without one",
    )
    model.HELD = pyo.Set(
        dimen=3,
        initialize=[(n, r, t) for (n, t), reports in held.items() for r in reports],
        doc="device, slot of a report, slot, within the limit on device ages (14a)",
    )
    model.KEPT = pyo.Set(
        dimen=4,
        initialize=[
            (link, n, r, t)
            for (link, n, t), reports in copied.items()
            for r in reports
            if r == 0 or r < t - data.transmit[n]  # others arrive in this slot
        ],
        doc="link, device, slot of a report that is copied, slot",
    )
    model.TAKEN = pyo.Set(
        dimen=4,
        initialize=[
            (link, n, r, t)
            for (link, n, t), reports in copied.items()
            for r in reports
            if t - r <= data.max_device_age
        ],
        doc="link, device, slot of a report that is held, slot of a notification",
    )
    model.report = pyo.Var(model.REPORTS, domain=pyo.Binary)
    model.notify = pyo.Var(model.LINKS, model.SLOTS, domain=pyo.Binary)
    model.held = pyo.Var(model.HELD, bounds=(0, 1))
    model.kept = pyo.Var(model.KEPT, bounds=(0, 1))
    model.taken = pyo.Var(model.TAKEN, bounds=(0, 1))
    model.unused = pyo.Var(model.LINKS, model.SLOTS, bounds=(0, 1))
    model.age = pyo.Var(
        model.LINKS,
        model.SLOTS,
        bounds=(0, data.max_pair_age),
        doc="age of a pair, within its limit (14b)",
    )
    model.error = pyo.Var(model.PAIRS, model.SLOTS, domain=pyo.NonNegativeReals)
    kept, taken = _by_report(model.kept), _by_report(model.taken)

    @model.Constraint(list(data.load), model.SLOTS, doc="one report is held")
    def one_held(model: Any, n: str, t: int) -> Any:
        if not held[n, t]:
            return pyo.Constraint.Infeasible
        return _sum([(1.0, model.held[n, r, t]) for r in held[n, t]]) == 1

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

    @model.Constraint(model.PAIRS, model.SLOTS, doc="a notification takes one report")
    def one_taken(model: Any, link: str, n: str, t: int) -> Any:
        return _sum([(1.0, x) for _, x in taken[link, n, t]]) == model.notify[link, t]

    @model.Constraint(model.PAIRS, model.SLOTS, doc="a silent link keeps one report")
    def one_kept(model: Any, link: str, n: str, t: int) -> Any:
        silent = 1 - model.notify[link, t]
        return _sum([(1.0, x) for _, x in kept[link, n, t]]) == silent

    @model.Constraint(model.TAKEN, doc="a notification copies the held report (eq 6)")
    def takes_held(model: Any, link: str, n: str, r: int, t: int) -> Any:
        return model.taken[link, n, r, t] <= model.held[n, r, t]

    @model.Constraint(model.KEPT, doc="what is kept was a copy before (eq 6)")
    def keeps_copy(model: Any, link: str, n: str, r: int, t: int) -> Any:
        if t == 0:
            return pyo.Constraint.Skip
        before = (link, n, r, t - 1)
        had = [x[before] for x in (model.kept, model.taken) if before in x]
        return _sum([(1.0, model.kept[link, n, r, t]), *((-1.0, x) for x in had)]) <= 0

    @model.Constraint(model.LINKS, model.SLOTS, doc="a link is unused until it is used")
    def until_used(model: Any, link: str, t: int) -> Any:
        return model.unused[link, t] <= 1 - model.notify[link, t]

    @model.Constraint(model.LINKS, model.SLOTS, doc="a link once used stays used")
    def stays_used(model: Any, link: str, t: int) -> Any:
        if t == 0:
            return pyo.Constraint.Skip
        return model.unused[link, t] <= model.unused[link, t - 1]

    @model.Constraint(model.LINKS, model.SLOTS, doc="ages of copies, residence (eq 8)")
    def pair_age(model: Any, link: str, t: int) -> Any:
        members = data.source[link]
        ages = [
            ((t - r) / len(members), copy)
            for n in members
            for r, copy in kept[link, n, t] + taken[link, n, t]
        ]
        residence = data.residence[link]
        ages += [(-residence, model.unused[link, t]), (-1.0, model.age[link, t])]
        return _sum(ages) == -residence

    def copied_load(link: str, n: str, t: int, sign: float) -> list[Any]:
        copies = kept[link, n, t] + taken[link, n, t]
        return [(sign * data.load[n][r], copy) for r, copy in copies]

    if data.true_error:

        @model.Constraint(model.PAIRS, model.SLOTS, doc="error from the load (eq 10)")
        def true_error(model: Any, link: str, n: str, t: int) -> Any:
            errors = [
                (abs(data.load[n][t] - data.load[n][r]), copy)
                for r, copy in kept[link, n, t] + taken[link, n, t]
            ]
            return _sum([*errors, (-1.0, model.error[link, n, t])]) == 0

    else:
        loads = [load for series in data.load.values() for load in series]
        model.held_load = pyo.Var(
            list(data.load), model.SLOTS, bounds=(min(loads), max(loads))
        )
        model.copied_load = pyo.Var(
            model.PAIRS, model.SLOTS, bounds=(min(loads), max(loads))
        )

        @model.Constraint(list(data.load), model.SLOTS, doc="the load that is held")
        def holds(model: Any, n: str, t: int) -> Any:
            loads = [(data.load[n][r], model.held[n, r, t]) for r in held[n, t]]
            return _sum([*loads, (-1.0, model.held_load[n, t])]) == 0

        @model.Constraint(model.PAIRS, model.SLOTS, doc="the load that is copied")
        def copies(model: Any, link: str, n: str, t: int) -> Any:
            loads = copied_load(link, n, t, 1.0)
            return _sum([*loads, (-1.0, model.copied_load[link, n, t])]) == 0

        @model.Constraint(model.PAIRS, model.SLOTS, doc="copy too low (eq 10)")
        def short(model: Any, link: str, n: str, t: int) -> Any:
            copy = model.copied_load[link, n, t]
            return model.error[link, n, t] >= model.held_load[n, t] - copy

        @model.Constraint(model.PAIRS, model.SLOTS, doc="copy too high (eq 10)")
        def over(model: Any, link: str, n: str, t: int) -> Any:
            copy = model.copied_load[link, n, t]
            return model.error[link, n, t] >= copy - model.held_load[n, t]

    @model.Objective(doc="ages, errors, fees and reports (eq 14)")
    def cost(model: Any) -> Any:
        return _sum(
            [
                *((data.age, age) for age in model.age.values()),
                *((data.error, error) for error in model.error.values()),
                *((data.fee[link], x) for (link, _), x in model.notify.items()),
                *((data.report, report) for report in model.report.values()),
            ]
        )

    return model


def _sum(terms: Sequence[tuple[float, Any]]) -> Any:
    """Return the sum of coefficients times variables."""
    return LinearExpression(
        linear_coefs=[coefficient for coefficient, _ in terms],
        linear_vars=[variable for _, variable in terms],
    )


def _by_report(copies: Any) -> Mapping[tuple[str, str, int], list[tuple[int, Any]]]:
    """Return pairs of a report's slot and its variable, by link, device and slot."""
    by_report: dict[tuple[str, str, int], list[tuple[int, Any]]] = defaultdict(list)
    for (link, n, r, t), copy in copies.items():
        by_report[link, n, t].append((r, copy))
    return by_report


def _known(data: SynchronisationData, n: str, t: int, oldest: float) -> list[int]:
    """Return the slots of reports that may have arrived by slot t, up to an age."""
    arrived = t - data.transmit[n]
    first = max(1, math.ceil(t - oldest))
    return [*([0] if t <= oldest else []), *range(first, arrived + 1)]


def _held(data: SynchronisationData, n: str, t: int) -> list[int]:
    """Return the slots of the reports of a device that may be held in slot t."""
    return _known(data, n, t, data.max_device_age)


def _copied(data: SynchronisationData, link: str, n: str, t: int) -> list[int]:
    """Return the slots of the reports of a device that may be copied in slot t.

    The mean age of the copies of all devices keeps the limit on pair ages, so one of them
    is the oldest that it can be where all others are as young as they can be.
    """
    members = data.source[link]
    others = sum(min(t, data.transmit[m]) for m in members if m != n)
    oldest = len(members) * data.max_pair_age - others + ROUNDING
    # Before its first notification a link has no residence time, and copies of slot 0.
    used = oldest - len(members) * data.residence[link]
    return [r for r in _known(data, n, t, oldest) if r == 0 or t - r <= used]
