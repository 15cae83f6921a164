"""Solver classes made of a reporting policy and a notification policy, by their names."""

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

DEFAULT_REPORTING = "periodic"
"""The reporting policy where a notification policy is named alone."""

DEFAULT_NOTIFICATION = "on-arrival"
"""The notification policy where a reporting policy is named alone."""

_KINDS = (Kind.LEARNED, Kind.HEURISTIC, Kind.EXACT, Kind.BASELINE)
"""A pair has the first of these kinds that one of its halves has."""


def _lines(policies: Mapping[str, type[Policy]]) -> dict[str, str]:
    return {name: policy.reference for name, policy in policies.items()}


@cache
def composed(names: tuple[str, ...]) -> type[PolicySolver]:
    """Return the solver of a reporting and a notification policy, called ``a+b``."""
    reporting, notification = names
    return policy_pair(
        SEPARATOR.join(names),
        reporting_policies()[reporting],
        notification_policies()[notification],
        PolicyOptions,
    )


def single_name_solvers() -> list[type[PolicySolver]]:
    """Return the solvers that are called by one name.

    A name of both a reporting and a notification policy stands for both of them; any other
    name is completed by the default policy of the other kind.
    """
    reporting, notification = reporting_policies(), notification_policies()
    solvers = []
    for name in sorted({*reporting, *notification}):
        reporter = reporting.get(name, reporting[DEFAULT_REPORTING])
        notifier = notification.get(name, notification[DEFAULT_NOTIFICATION])
        halves: tuple[type[Policy], ...] = (reporter, notifier)
        named = [policy for policy in halves if policy.name == name]
        if not all(policy.alone for policy in named):
            continue
        # Reports from a file make no sense where the name is that of a reporting policy.
        base = FixedReportsOptions if name in notification else PolicyOptions
        solvers.append(policy_pair(name, reporter, notifier, base, named))
    return solvers


def policy_pair(
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
        Name of the solver.
    reporting, notification
        The policies; their options are its groups ``reporting`` and ``notification``.
    base
        Its other options.
    named
        The policies that its name stands for; None for both.
    """
    halves: list[type[Policy]] = [reporting, notification]
    named = halves if named is None else named
    kinds = {policy.kind for policy in named}
    # An exact policy does not make the solver exact: the other half is free.
    kind = next(kind for kind in _KINDS if kind in kinds)
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
            "package": next((p.package for p in halves if p.package), None),
        },
    )


def _options(
    name: str,
    reporting: type[ReportingPolicy],
    notification: type[NotificationPolicy],
    base: type[PolicyOptions],
) -> type[Options]:
    """Return the options of a pair: one group for each half, and those of ``base``."""
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
    options: type[Options] = create_model(
        f"{_title(name)}Options",
        __base__=base,
        __module__=__name__,
        **groups,
    )
    return options


def _title(name: str) -> str:
    """Return a solver's name in the spelling of a class name."""
    return "".join(word.capitalize() for word in name.replace("+", "-").split("-"))


COMPOSITION = Composition(
    parts=(
        Part("reporting", lambda: _lines(reporting_policies())),
        Part("notification", lambda: _lines(notification_policies())),
    ),
    make=composed,
)
