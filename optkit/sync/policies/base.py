"""Reporting and notification policies: what they declare, and how they are found.

A policy is a class in a module of :mod:`optkit.sync.policies.reporting` or
:mod:`optkit.sync.policies.notification`, registered by a decorator. That makes it one half
of a solver's name (``gradient+threshold``) and a solver under its own name, with a default
for the other half, and it is included in the tests of causality and feasibility.
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
from optkit.core.solving.registry import load_plug_ins
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

REPORTING_GROUP = "optkit.reporting_policies"
NOTIFICATION_GROUP = "optkit.notification_policies"
"""Entry points by which other packages offer policies."""

ShouldStop = Callable[[], bool]
"""Returns whether time is up; what is undecided by then is decided in the simplest way."""


class Policy(abc.ABC):
    """Base of both kinds of policy.

    Parameters
    ----------
    options
        Its options, of its own class.
    """

    family: ClassVar[str] = "sync"
    name: ClassVar[str]
    kind: ClassVar[Kind]
    reference: ClassVar[str]
    Options: ClassVar[type[Options]] = Options
    causal: ClassVar[bool] = True
    """Whether its decisions depend on the past alone; False for clairvoyant policies."""
    seeded: ClassVar[bool] = False
    """Whether it draws random numbers."""
    package: ClassVar[str | None] = None
    """The distribution that provides it, if that is not optkit."""
    alone: ClassVar[bool] = True
    """Whether its name alone stands for a solver with the default other half; False where
    another solver of that name is registered."""

    def __init__(self, options: Any = None) -> None:
        self.options: Any = self.Options() if options is None else options

    @classmethod
    def available(cls) -> Availability:
        """Return whether it can run here; overridden where it may not."""
        return Availability()

    def supports(self, instance: SyncInstance) -> Availability:
        """Return whether it takes this instance; overridden where it may not."""
        return Availability()


class ReportingPolicy(Policy):
    """Decides when devices report."""

    @abc.abstractmethod
    def plan(
        self, data: ProblemData, rng: np.random.Generator, should_stop: ShouldStop
    ) -> list[Ints]:
        """Return the report slots of the N devices, strictly increasing."""


class DeviceByDevice(ReportingPolicy):
    """A reporting policy in which each device sees its own samples and nothing else."""

    def plan(
        self, data: ProblemData, rng: np.random.Generator, should_stop: ShouldStop
    ) -> list[Ints]:
        """Return the report slots of the N devices, strictly increasing."""
        return [
            np.arange(0, data.slots, view.longest_gap, dtype=np.int64)
            if should_stop()
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
        self,
        data: ProblemData,
        held: HeldValues,
        rng: np.random.Generator,
        should_stop: ShouldStop,
    ) -> list[Ints]:
        """Return the notification slots of the L links, strictly increasing.

        A link whose age would pass its limit has to be used; none may be used where
        ``view.allowed`` is False.
        """


class LinkByLink(NotificationPolicy):
    """A notification policy that decides about each link by what is known of it alone."""

    def plan(
        self,
        data: ProblemData,
        held: HeldValues,
        rng: np.random.Generator,
        should_stop: ShouldStop,
    ) -> list[Ints]:
        """Return the notification slots of the L links, strictly increasing."""
        return [
            np.flatnonzero(view.allowed) if should_stop() else self.decide(view, rng)
            for view in link_views(data, held)
        ]

    @abc.abstractmethod
    def decide(self, view: LinkView, rng: np.random.Generator) -> Ints:
        """Return one link's notification slots."""


def whenever_allowed(data: ProblemData, held: HeldValues) -> list[Ints]:
    """Return the notification slots of the L links if each is used as often as allowed."""
    return [np.flatnonzero(view.allowed) for view in link_views(data, held)]


R = TypeVar("R", bound=type[ReportingPolicy])
N = TypeVar("N", bound=type[NotificationPolicy])
P = TypeVar("P", bound=type[Policy])

_REPORTING: dict[str, type[ReportingPolicy]] = {}
_NOTIFICATION: dict[str, type[NotificationPolicy]] = {}


def register_reporting(policy: R) -> R:
    """Register a reporting policy; used as a decorator."""
    return _register(_REPORTING, policy, "reporting")


def register_notification(policy: N) -> N:
    """Register a notification policy; used as a decorator."""
    return _register(_NOTIFICATION, policy, "notification")


def _register(registered: dict[str, Any], policy: P, kind: str) -> P:
    other = registered.get(policy.name)
    if other is not None and other.__qualname__ != policy.__qualname__:
        raise UsageError(
            f"two {kind} policies are called {policy.name!r}: {other.__qualname__} and"
            f" {policy.__qualname__}; rename one."
        )
    registered[policy.name] = policy
    return policy


def reporting_policies() -> Mapping[str, type[ReportingPolicy]]:
    """Return every reporting policy by name."""
    _import_modules("optkit.sync.policies.reporting")
    _add_plug_ins(REPORTING_GROUP)
    return dict(sorted(_REPORTING.items()))


def notification_policies() -> Mapping[str, type[NotificationPolicy]]:
    """Return every notification policy by name."""
    _import_modules("optkit.sync.policies.notification")
    # Trained policies are registered by a module of the room that trains them.
    importlib.import_module("optkit.sync.learning.policy")
    _add_plug_ins(NOTIFICATION_GROUP)
    return dict(sorted(_NOTIFICATION.items()))


@cache
def _add_plug_ins(group: str) -> None:
    """Register the policies of other packages."""
    if group == REPORTING_GROUP:
        load_plug_ins(group, ReportingPolicy, register_reporting)
    else:
        load_plug_ins(group, NotificationPolicy, register_notification)


@cache
def _import_modules(package: str) -> None:
    path = importlib.import_module(package).__path__
    for module in pkgutil.iter_modules(path):
        importlib.import_module(f"{package}.{module.name}")
