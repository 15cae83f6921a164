"""Solvers made of a reporting policy and a notification policy, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import Field, create_model

from optkit.core.options import Options
from optkit.core.solving.composition import SEPARATOR, Composition, Part
from optkit.core.solving.solver import Capabilities, Kind
from optkit.sync.policies.base import (
    NotificationPolicy,
    Policy,
    ReportingPolicy,
    notification_policies,
    reporting_policies,
)
from optkit.sync.solvers.base import FixedReportsOptions, PolicyOptions, PolicySolver

USUAL_REPORTING = "periodic"
"""What reports where a notification policy is named alone."""

USUAL_NOTIFICATION = "on-arrival"
"""What notifies where a reporting policy is named alone."""

_WEAKEST = (Kind.LEARNED, Kind.HEURISTIC, Kind.EXACT, Kind.BASELINE)
"""A pair is of the first of these kinds that one of its halves is of."""


def _lines(policies: Mapping[str, type[Policy]]) -> dict[str, str]:
    return {name: policy.reference for name, policy in policies.items()}


@cache
def composed(names: tuple[str, ...]) -> type[PolicySolver]:
    """Return the solver of a reporting and a notification policy, called ``a+b``."""
    reporting, notification = names
    return pair(
        SEPARATOR.join(names),
        reporting_policies()[reporting],
        notification_policies()[notification],
        PolicyOptions,
    )


def alone() -> list[type[PolicySolver]]:
    """Return the solvers that one name stands for.

    A name that policies of both kinds have stands for both of them; any other brings the
    usual other half.
    """
    reporting, notification = reporting_policies(), notification_policies()
    solvers = []
    for name in sorted({*reporting, *notification}):
        first = reporting.get(name, reporting[USUAL_REPORTING])
        second = notification.get(name, notification[USUAL_NOTIFICATION])
        halves: tuple[type[Policy], ...] = (first, second)
        named = [policy for policy in halves if policy.name == name]
        if not all(policy.alone for policy in named):
            continue
        # Reports from a file make no sense where it is the reporting that was asked for.
        base = FixedReportsOptions if name in notification else PolicyOptions
        solvers.append(pair(name, first, second, base, named))
    return solvers


def pair(
    name: str,
    reporting: type[ReportingPolicy],
    notification: type[NotificationPolicy],
    base: type[PolicyOptions],
    named: list[type[Policy]] | None = None,
) -> type[PolicySolver]:
    """Return the solver class of two policies.

    Parameters
    ----------
    name
        What it is called.
    reporting, notification
        The policies; their options are its groups ``reporting`` and ``notification``.
    base
        What its options have beside.
    named
        The policies that its name stands for; both where it is not given.
    """
    halves: list[type[Policy]] = [reporting, notification]
    named = halves if named is None else named
    kinds = {policy.kind for policy in named}
    # No policy makes the whole of a solver exact: the other half is free.
    kind = next(kind for kind in _WEAKEST if kind in kinds)
    return type(
        f"{_title(name)}Solver",
        (PolicySolver,),
        {
            "__doc__": f"The reporting policy {reporting.name}, and the notification"
            f" policy {notification.name}.",
            "__module__": __name__,
            "name": name,
            "kind": Kind.HEURISTIC if kind is Kind.EXACT else kind,
            "reference": "; ".join(dict.fromkeys(p.reference for p in named)),
            "capabilities": Capabilities(
                bound=True, seed=any(policy.seeded for policy in halves)
            ),
            "Options": _options(name, reporting, notification, base),
            "reporting": reporting,
            "notification": notification,
        },
    )


def _options(
    name: str,
    reporting: type[ReportingPolicy],
    notification: type[NotificationPolicy],
    base: type[PolicyOptions],
) -> type[Options]:
    """Return the options of a pair: a group for each half, and those of ``base``."""
    groups: dict[str, Any] = {
        title: (
            policy.Options,
            Field(
                default_factory=policy.Options,
                description=f"options of the {title} policy {policy.name}",
            ),
        )
        for title, policy in (("reporting", reporting), ("notification", notification))
    }
    made: type[Options] = create_model(
        f"{_title(name)}Options",
        __base__=base,
        __module__=__name__,
        **groups,
    )
    return made


def _title(name: str) -> str:
    """Return a name as a class is called."""
    return "".join(word.capitalize() for word in name.replace("+", "-").split("-"))


COMPOSITION = Composition(
    parts=(
        Part("reporting", lambda: _lines(reporting_policies())),
        Part("notification", lambda: _lines(notification_policies())),
    ),
    make=composed,
)
