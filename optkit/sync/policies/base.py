"""Reporting and notification policies: what they declare, and how they are found.

A policy is a class in a module of :mod:`optkit.sync.policies.reporting` or
:mod:`optkit.sync.policies.notification`, registered by a decorator. That makes it a
half of a
solver's name (``gradient+threshold``), a solver under its own name with a usual other
half, and puts it under the tests of causality and of feasibility.
"""

from __future__ import annotations

import abc
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, TypeVar

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.errors import UsageError
from optkit.core.options import Options
from optkit.core.solving.solver import Availability, Kind
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import HeldValues
from optkit.sync.problem.observation import (
    DeviceView,
    LinkView,
    device_views,
    link_views,
)
from optkit.sync.problem.problem_data import ProblemData

Stop = Callable[[], bool]
"""Says whether time is up; what is not decided by then is decided in the simplest way."""


class Policy(abc.ABC):
    """What the two kinds of policy share.

    Parameters
    ----------
    options
        Its options, of its own class.
    """

    name: ClassVar[str]
    kind: ClassVar[Kind]
    reference: ClassVar[str]
    Options: ClassVar[type[Options]] = Options
    causal: ClassVar[bool] = True
    """Whether its decisions depend on the past alone; False for clairvoyant ones."""
    seeded: ClassVar[bool] = False
    """Whether it draws random numbers."""
    alone: ClassVar[bool] = True
    """Whether its name alone stands for a solver with the usual other half; False where
    a solver of that name is registered otherwise."""

    def __init__(self, options: Any = None) -> None:
        self.options: Any = self.Options() if options is None else options

    @classmethod
    def available(cls) -> Availability:
        """Say whether it can run here; overridden where it may not."""
        return Availability()

    def supports(self, instance: SyncInstance) -> Availability:
        """Say whether it takes this instance; overridden where it may not."""
        return Availability()


class ReportingPolicy(Policy):
    """Decides when devices report."""

    @abc.abstractmethod
    def plan(self, data: ProblemData, rng: np.random.Generator, stop: Stop) -> list[Ints]:
        """Return the report slots of the N devices, strictly increasing."""


class DeviceByDevice(ReportingPolicy):
    """A reporting policy in which each device sees its own samples and nothing else."""

    def plan(self, data: ProblemData, rng: np.random.Generator, stop: Stop) -> list[Ints]:
        """Return the report slots of the N devices, strictly increasing."""
        return [
            np.arange(0, data.slots, view.longest_gap, dtype=np.int64)
            if stop()
            else self.decide(view, rng)
            for view in device_views(data)
        ]

    @abc.abstractmethod
    def decide(self, view: DeviceView, rng: np.random.Generator) -> Ints:
        """Return one device's report slots; gaps are at most ``view.longest_gap``."""


class NotificationPolicy(Policy):
    """Decides when links are used."""

    @abc.abstractmethod
    def plan(
        self, data: ProblemData, held: HeldValues, rng: np.random.Generator, stop: Stop
    ) -> list[Ints]:
        """Return the notification slots of the L links, strictly increasing.

        A pair whose age would pass its limit is told (forced); none is told where
        ``view.allowed`` says no.
        """


class LinkByLink(NotificationPolicy):
    """A notification policy that decides about each link by what is known of it alone."""

    def plan(
        self, data: ProblemData, held: HeldValues, rng: np.random.Generator, stop: Stop
    ) -> list[Ints]:
        """Return the notification slots of the L links, strictly increasing."""
        return [
            np.flatnonzero(view.allowed) if stop() else self.decide(view, rng)
            for view in link_views(data, held)
        ]

    @abc.abstractmethod
    def decide(self, view: LinkView, rng: np.random.Generator) -> Ints:
        """Return one link's notification slots."""


def whenever_allowed(data: ProblemData, held: HeldValues) -> list[Ints]:
    """Return the notification slots of the L links if each is used as often as it may."""
    return [np.flatnonzero(view.allowed) for view in link_views(data, held)]


R = TypeVar("R", bound=type[ReportingPolicy])
N = TypeVar("N", bound=type[NotificationPolicy])

_REPORTING: dict[str, type[ReportingPolicy]] = {}
_NOTIFICATION: dict[str, type[NotificationPolicy]] = {}


def register_reporting(policy: R) -> R:
    """Register a reporting policy; used as a decorator."""
    return _add(_REPORTING, policy, "reporting")


def register_notification(policy: N) -> N:
    """Register a notification policy; used as a decorator."""
    return _add(_NOTIFICATION, policy, "notification")


P = TypeVar("P", bound=type[Policy])


def _add(known: dict[str, Any], policy: P, what: str) -> P:
    other = known.get(policy.name)
    if other is not None and other.__qualname__ != policy.__qualname__:
        raise UsageError(
            f"two {what} policies are called {policy.name!r}: {other.__qualname__} and"
            f" {policy.__qualname__}; rename one."
        )
    known[policy.name] = policy
    return policy


def reporting_policies() -> Mapping[str, type[ReportingPolicy]]:
    """Return every reporting policy by name."""
    _import_all("optkit.sync.policies.reporting")
    return dict(sorted(_REPORTING.items()))


def notification_policies() -> Mapping[str, type[NotificationPolicy]]:
    """Return every notification policy by name."""
    _import_all("optkit.sync.policies.notification")
    return dict(sorted(_NOTIFICATION.items()))


@cache
def _import_all(package: str) -> None:
    found = importlib.import_module(package)
    for module in pkgutil.iter_modules(found.__path__):
        importlib.import_module(f"{package}.{module.name}")
