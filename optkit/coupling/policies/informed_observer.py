"""Observations that consist of what access points were told.

At every boundary the policies of sync decide who reports and who is told, from the queue
lengths up to now. An access point then observes, of every queue and of every other access
point, the state at the boundary from which it was told last. Of its own actions and jobs
under way it knows the present.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.errors import ContradictionError
from optkit.core.solving.solver import Availability
from optkit.coupling.policies.halves import Halves, halves, support
from optkit.coupling.problem.sync_instance import (
    Prices,
    loads,
    parties,
    silent_instance,
)
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.observation import Observation, Observer, Transit
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.solution import Information, Notifications
from optkit.dispatch.solvers.information import InformationOptions
from optkit.sync.problem.held_values import HeldValues
from optkit.sync.problem.objective import objective
from optkit.sync.problem.problem_data import problem_data as sync_problem_data

MakeRng = Callable[[str], np.random.Generator]
"""Returns the random generator of a half, the same at every call."""


class InformedObserver(Observer):
    """Takes observations from what access points were told.

    The policies are asked anew at every boundary. They get arrays over all intervals, as
    always; from now on these hold the present values, so nothing can be read ahead. What
    they decide about the past has to be what they decided before.

    Parameters
    ----------
    instance, data
        The dispatch instance.
    policies
        Who decides about reports and notifications.
    prices
        What these cost.
    rng
        Random generators of the two policies.
    """

    def __init__(
        self,
        instance: DispatchInstance,
        data: ProblemData,
        policies: Halves,
        prices: Prices,
        rng: MakeRng,
    ) -> None:
        super().__init__(data)
        self._who = parties(instance, data, self.conflict)
        silent = silent_instance(instance, self._who, prices)
        self._policies, self._prices, self._rng = policies, prices, rng
        self._sync = sync_problem_data(silent)
        points, servers, kinds = data.shape
        devices, slots = len(self._who.devices), data.intervals
        self._loads: Floats = np.zeros((devices, slots))
        self._reported = np.zeros((devices, slots), dtype=bool)
        self._notified = np.zeros((len(self._who.source), slots), dtype=bool)
        self._held = np.zeros(devices, dtype=np.int64)
        self._router_has = HeldValues(
            np.zeros((devices, slots)), np.zeros((devices, slots))
        )
        self._known = np.zeros((points, devices), dtype=np.int64)
        self._queues = np.zeros((slots, servers * kinds), dtype=np.int64)
        self._actions = np.zeros((slots, points, kinds), dtype=np.int64)
        self._transit: dict[int, Transit] = {}

    @property
    def known(self) -> Ints:
        """(K, N): boundary whose value each access point knows of each device now."""
        return self._known.copy()

    def observe(
        self, interval: int, actions: Ints, queues: Ints, transit: Transit
    ) -> list[Observation]:
        """Return what each access point was told, and its own present state.

        Parameters are those of :meth:`Observer.observe`; intervals come in order.
        """
        self._queues[interval] = queues.ravel()
        self._actions[interval] = actions
        self._transit[interval] = transit
        points = self._data.shape[0]
        under_way = np.bincount(transit.ap, minlength=points)
        self._loads[:, interval:] = loads(self._data, queues, under_way)[:, None]
        self._tell(interval)
        observations = super().observe(interval, actions, queues, transit)
        told = [self._told(view) for view in observations]
        # A later notification may carry what was reported long ago.
        kept = {*self._known[:, -points:].ravel().tolist(), *self._held.tolist()}
        self._transit = {b: jobs for b, jobs in self._transit.items() if b in kept}
        return told

    def information(self, decided: int) -> Information:
        """Return the messages of the first intervals, with their prices.

        Parameters
        ----------
        decided
            Number of intervals that were decided.
        """
        data, who = replace(self._sync, loads=self._loads), self._who
        reports = [np.flatnonzero(row[:decided]) for row in self._reported]
        notifications = [np.flatnonzero(row[:decided]) for row in self._notified]
        prices = self._prices
        return Information(
            fee=prices.fee,
            report_fee=prices.report_fee,
            error_price=prices.error,
            age_price=prices.age,
            objective=objective(data, reports, notifications),
            reports={
                name: tuple(slots.tolist())
                for name, slots in zip(who.devices, reports, strict=True)
                if len(slots)
            },
            notifications=tuple(
                Notifications(
                    source=who.routers[source],
                    target=who.routers[target],
                    intervals=tuple(slots.tolist()),
                )
                for source, target, slots in zip(
                    who.source.tolist(), who.target.tolist(), notifications, strict=True
                )
                if len(slots)
            ),
        )

    def _tell(self, interval: int) -> None:
        """Let the policies decide about this boundary, and note what is told."""
        data = replace(self._sync, loads=self._loads)
        reporting, notification = self._policies.reporting, self._policies.notification
        reports = reporting.plan(data, self._rng("reporting"), _never)
        _decide(self._reported, reports, interval, reporting.name)
        fresh = self._reported[:, interval]
        self._held[fresh] = interval
        self._router_has.value[fresh, interval:] = self._loads[fresh, interval, None]
        age = np.arange(interval, data.slots) - self._held[:, None]
        self._router_has.age[:, interval:] = age
        slots = notification.plan(
            data, self._router_has, self._rng("notification"), _never
        )
        _decide(self._notified, slots, interval, notification.name)
        members, points = self._sync.members, self._data.shape[0]
        for link in np.flatnonzero(self._notified[:, interval]):
            of_source = members[self._who.source[link]]
            self._known[self._who.target[link], of_source] = self._held[of_source]
        for k in range(points):
            self._known[k, members[k]] = self._held[members[k]]

    def _told(self, view: Observation) -> Observation:
        """Return an observation with the states from which its parts were told."""
        points, _, kinds = self._data.shape
        known = self._known[view.ap]
        queue = (view.servers[:, None] * kinds + np.arange(kinds)).ravel()
        queues = self._queues[known[queue], queue].reshape(len(view.servers), kinds)
        since = known[-points:][view.peers]
        since[view.peers == view.ap] = view.interval
        return replace(
            view,
            actions=self._actions[since, view.peers],
            queues=queues,
            transit=self._jobs(view.peers, since),
        )

    def _jobs(self, peers: Ints, since: Ints) -> Transit:
        """Return the jobs of access points under way at a boundary of each of them.

        They are in order of arrival, as in the simulator.
        """
        parts, order = [], []
        for boundary in np.unique(since).tolist():
            jobs = self._transit[boundary]
            chosen = np.zeros(self._data.shape[0], dtype=bool)
            chosen[peers[since == boundary]] = True
            of_these = np.flatnonzero(chosen[jobs.ap])
            parts.append(jobs.only(of_these))
            arrival = boundary * self._data.slots_per_interval - parts[-1].age
            order.append(np.stack([of_these, arrival]))
        if len(parts) == 1:
            return parts[0]
        together = Transit(
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("ap", "server", "kind", "age")
            )
        )
        return together.only(np.lexsort(np.concatenate(order, axis=1)))


class Informants:
    """The policies of sync that options of a dispatch solver name, and their prices.

    Parameters
    ----------
    options
        The options.

    Raises
    ------
    UsageError
        If a policy or one of its options is not allowed; with everything that is wrong.
    UnavailableError
        If a policy cannot run here.
    """

    def __init__(self, options: InformationOptions) -> None:
        self._policies = halves(
            options.policy, options.reporting.values, options.notification.values
        )
        self._prices = Prices(
            options.fee, options.report_fee, options.error_price, options.age_price
        )

    @property
    def seeded(self) -> bool:
        """Whether the policies draw random numbers."""
        return self._policies.reporting.seeded or self._policies.notification.seeded

    def supports(self, instance: DispatchInstance) -> Availability:
        """Return whether the policies take an instance."""
        if instance.changes is not None:
            return Availability(
                False,
                "its network changes; information is for networks that stay as they are",
            )
        data = problem_data(instance)
        who = parties(instance, data, Observer(data).conflict)
        return support(self._policies, silent_instance(instance, who, self._prices))

    def observer(
        self, instance: DispatchInstance, rng: Callable[..., np.random.Generator]
    ) -> InformedObserver:
        """Return who makes the observations of a run.

        Parameters
        ----------
        instance
            The instance.
        rng
            Returns the random generator of a role, the same at every call.
        """
        return InformedObserver(
            instance,
            problem_data(instance),
            self._policies,
            self._prices,
            lambda half: rng("information", half),
        )


def _decide(decided: Bools, slots: Sequence[Ints], interval: int, name: str) -> None:
    """Take the decisions for one boundary; raise if those before it have changed."""
    row = np.repeat(np.arange(len(slots)), list(map(len, slots)))
    chosen = np.zeros_like(decided)
    if len(slots):
        chosen[row, np.concatenate(slots)] = True
    if (chosen[:, :interval] != decided[:, :interval]).any():
        raise ContradictionError(
            f"the policy {name!r} changed decisions of the past at interval {interval}: it"
            " depends on the future."
        )
    decided[:, interval] = chosen[:, interval]


def _never() -> bool:
    return False
