"""The two policies of sync that an option names, with their options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.options import Options, make_options
from optkit.core.solving.composition import SEPARATOR
from optkit.core.solving.solver import Availability
from optkit.core.suggest import unknown
from optkit.sync.instance import SyncInstance
from optkit.sync.policies.base import (
    NotificationPolicy,
    Policy,
    ReportingPolicy,
    notification_policies,
    reporting_policies,
)
from optkit.sync.solvers.composition import DEFAULT_NOTIFICATION, DEFAULT_REPORTING

P = TypeVar("P", bound=type[Policy])


@dataclass(frozen=True)
class Halves:
    """A reporting policy and a notification policy."""

    reporting: ReportingPolicy
    notification: NotificationPolicy


def halves(
    name: str, reporting: Mapping[str, Any], notification: Mapping[str, Any]
) -> Halves:
    """Return the policies that a name stands for.

    Parameters
    ----------
    name
        ``REPORTING+NOTIFICATION``, or the name of one of them, as for solvers of sync.
    reporting, notification
        Values of their options by name.

    Raises
    ------
    UsageError
        If a name is unknown or that of a clairvoyant policy, or an option is not allowed;
        with everything that is wrong.
    UnavailableError
        If a policy cannot run here.
    """
    reporters = _causal(reporting_policies())
    notifiers = _causal(notification_policies())
    first, separator, second = name.partition(SEPARATOR)
    problems: list[str] = []
    if not separator:
        if name not in reporters and name not in notifiers:
            raise UsageError(
                f"information: {unknown('policy', name, {*reporters, *notifiers})}"
                " Two are joined by +: REPORTING+NOTIFICATION."
                f"{_clairvoyant(name)}"
            )
        first = name if name in reporters else DEFAULT_REPORTING
        second = name if name in notifiers else DEFAULT_NOTIFICATION
    for half, title, known in (
        (first, "reporting policy", reporters),
        (second, "notification policy", notifiers),
    ):
        if half not in known:
            text = unknown(title, half, known)
            problems.append(f"information: {text}{_clairvoyant(half)}")
    made: list[Any] = []
    for half, title, known, values in (
        (first, "reporting", reporters, reporting),
        (second, "notification", notifiers, notification),
    ):
        if half in known:
            policy: Any = known[half]
            options = _options(policy, values, f"information.{title}", problems)
            made.append((policy, options))
    if problems:
        raise UsageError("\n".join(problems))
    for policy, _ in made:
        availability = policy.available()
        if not availability.available:
            raise UnavailableError(
                f"information: {policy.name!r} is not available here:"
                f" {availability.reason}"
            )
    return Halves(*(policy(options) for policy, options in made))


def support(policies: Halves, instance: SyncInstance) -> Availability:
    """Return whether both policies take an instance."""
    for policy in (policies.reporting, policies.notification):
        takes = policy.supports(instance)
        if not takes.available:
            return Availability(False, f"information {policy.name!r}: {takes.reason}")
    return Availability()


def _causal(policies: Mapping[str, P]) -> dict[str, P]:
    return {name: policy for name, policy in policies.items() if policy.causal}


def _clairvoyant(name: str) -> str:
    """Return a remark on a policy that is not offered because it knows the future."""
    every: dict[str, type[Policy]] = {
        **reporting_policies(),
        **notification_policies(),
    }
    if name not in every or every[name].causal:
        return ""
    return (
        f" {name!r} knows the future, which does not exist while jobs are dispatched."
    )


def _options(
    policy: type[Policy], values: Mapping[str, Any], owner: str, problems: list[str]
) -> Options | None:
    """Return a policy's options, or add to the problems what is wrong with them."""
    try:
        return make_options(policy.Options, values, f"{owner} ({policy.name})")
    except UsageError as error:
        problems.append(str(error))
        return None
