"""A discovery instance as arrays over its requests, cached with the instance.

A request is a node that is present in a window and demands a resource there; everything
else in the file is ignored. Requests are sorted by window, then resource, then node. So
the requests of one window and resource (a group) are contiguous, and so are those of one
scope of the accuracy rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.instance import DiscoveryInstance, Reading

ROW_TOLERANCE = 1e-9
"""By how much an accuracy row may be missed."""

FOLLOWER_TOLERANCE = 1e-6
"""A response of the follower counts as optimal up to this much above the least energy,
relative to it."""

LEAST_TOLERANCE = 1e-9
"""The same relative to the largest energy of any node in the scope, if that is more."""


def follower_tolerance(energy: float, largest: float) -> float:
    """Return the joules above a least energy that still count as optimal.

    Parameters
    ----------
    energy
        The least energy of a scope, J.
    largest
        The largest energy of any of its nodes, in either mode, J.
    """
    return max(FOLLOWER_TOLERANCE * abs(energy), LEAST_TOLERANCE * largest)


@dataclass(frozen=True, eq=False)
class ProblemData:
    """Arrays of one instance: P requests, G groups, S scopes, J candidates.

    Parameters
    ----------
    instance_shape
        Windows, nodes, resources and candidates of the instance.
    window, node, resource
        Of each request, shape (P,).
    group
        Group of each request, shape (P,).
    group_window, group_resource
        Of each group, shape (G,).
    group_start
        First request of each group, and P at the end, shape (G + 1,).
    scope_start
        First request of each scope, and P at the end, shape (S + 1,).
    scope_first_group
        First group of each scope, and G at the end, shape (S + 1,).
    select
        Seconds to open each candidate for each group, shape (G, J).
    connect
        Seconds to connect each request to each candidate, infinite where there is no
        link, shape (P, J).
    energy_agent, energy_self
        Joules, shape (P,).
    agent_gain, self_gain
        Contribution of each request to the accuracy row of its mode, shape (P,).
    agent_need, self_need
        Least value of the two rows in every scope.
    time_weight, energy_weight
        Weights of Z1 and Z2.
    reading
        The instance's readings.
    """

    instance_shape: tuple[int, int, int, int]
    window: Ints
    node: Ints
    resource: Ints
    group: Ints
    group_window: Ints
    group_resource: Ints
    group_start: Ints
    scope_start: Ints
    scope_first_group: Ints
    select: Floats
    connect: Floats
    energy_agent: Floats
    energy_self: Floats
    agent_gain: Floats
    self_gain: Floats
    agent_need: float
    self_need: float
    time_weight: float
    energy_weight: float
    reading: Reading

    @property
    def requests(self) -> int:
        """Number of requests P."""
        return len(self.window)

    @property
    def groups(self) -> int:
        """Number of groups G."""
        return len(self.group_window)

    @property
    def scopes(self) -> int:
        """Number of scopes S."""
        return len(self.scope_start) - 1

    @property
    def candidates(self) -> int:
        """Number of candidates J."""
        return int(self.select.shape[1])

    @cached_property
    def usable(self) -> Bools:
        """Which links are usable, shape (P, J); read only."""
        usable: Bools = np.isfinite(self.connect)
        usable.flags.writeable = False
        return usable

    @property
    def extra_energy(self) -> Floats:
        """Energy of agent mode minus that of self-directed mode, J, shape (P,)."""
        return self.energy_agent - self.energy_self

    def largest_energy(self, scope: int) -> float:
        """Return the largest energy of any request of a scope, in either mode, J."""
        requests = self.requests_in(scope)
        largest = np.maximum(self.energy_agent[requests], self.energy_self[requests])
        return float(largest.max(initial=0.0))

    def requests_in(self, scope: int) -> slice:
        """Return the requests of a scope."""
        return slice(int(self.scope_start[scope]), int(self.scope_start[scope + 1]))

    def groups_in(self, scope: int) -> slice:
        """Return the groups of a scope."""
        first, last = self.scope_first_group[scope : scope + 2]
        return slice(int(first), int(last))

    def members(self, group: int) -> slice:
        """Return the requests of a group."""
        return slice(int(self.group_start[group]), int(self.group_start[group + 1]))

    def reduced_costs(
        self, scope: int, agent_price: float, self_price: float
    ) -> Floats:
        """Return the extra energy of agent mode with both rows priced, shape (n,).

        Parameters
        ----------
        scope
            The scope, of n requests.
        agent_price, self_price
            Multipliers of the rows of agent mode and of self-directed mode.
        """
        requests = self.requests_in(scope)
        return (
            self.extra_energy[requests]
            - agent_price * self.agent_gain[requests]
            + self_price * self.self_gain[requests]
        )


def problem_data(instance: DiscoveryInstance) -> ProblemData:
    """Return the arrays of ``instance``, built at the first call."""
    return instance.derived(_build)


def _build(instance: DiscoveryInstance) -> ProblemData:
    shape = (
        instance.windows,
        len(instance.nodes),
        len(instance.resources),
        len(instance.candidates),
    )
    number = {name: m for m, name in enumerate(instance.resources)}
    triples = sorted(
        (k, number[name], i)
        for k, row in enumerate(instance.demand)
        for i, name in enumerate(row)
        if name is not None and instance.present[k][i]
    )
    window, resource, node = np.array(triples, dtype=np.int64).reshape(-1, 3).T
    new_group = _changes(window * (shape[2] + 1) + resource)
    group_start = np.append(np.flatnonzero(new_group), len(window))
    group_window, group_resource = window[group_start[:-1]], resource[group_start[:-1]]
    if instance.reading.accuracy_scope == "window":
        scope_start = np.append(np.flatnonzero(_changes(window)), len(window))
    else:
        scope_start = np.unique([0, len(window)])
    if len(window) == 0:
        scope_start = np.zeros(1, dtype=np.int64)

    def of_requests(rows: tuple[tuple[float, ...], ...]) -> Floats:
        return np.array(rows, dtype=float).reshape(shape[0], shape[1])[window, node]

    connect = np.array(instance.connect_time, dtype=float)  # null becomes NaN
    connect = connect.reshape(shape[0], shape[1], shape[3])[window, node]
    select = np.array(instance.select_time, dtype=float)
    select = select.reshape(shape[0], shape[2], shape[3])
    mean = instance.reading.accuracy_form == "mean"
    required = instance.required_accuracy
    return ProblemData(
        instance_shape=shape,
        window=window,
        node=node,
        resource=resource,
        group=np.cumsum(new_group) - 1,
        group_window=group_window,
        group_resource=group_resource,
        group_start=group_start,
        scope_start=scope_start,
        scope_first_group=np.searchsorted(group_start[:-1], scope_start),
        select=select[group_window, group_resource],
        connect=np.where(np.isnan(connect), np.inf, connect),
        energy_agent=of_requests(instance.energy_agent),
        energy_self=of_requests(instance.energy_self),
        agent_gain=of_requests(instance.accuracy_agent)
        - (required.agent if mean else 0.0),
        self_gain=of_requests(instance.accuracy_self)
        - (required.self_ if mean else 0.0),
        agent_need=0.0 if mean else required.agent,
        self_need=0.0 if mean else required.self_,
        time_weight=instance.weights.time,
        energy_weight=instance.weights.energy,
        reading=instance.reading,
    )


def _changes(keys: Ints) -> Bools:
    """Return where a sorted sequence takes a new value, including its first element."""
    return np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)]
