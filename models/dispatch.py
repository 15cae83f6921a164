"""The dispatch decision of a set of access points, and its decomposition by access point.

Problem P2 (eq 23) of Hong et al., "Online Distributed Job Dispatching with Outdated and
Partially-Observable Information": each access point of a set sends each type of job to
one of its candidate servers, so that the expected value W† + W‡ of the next state is
least. The cost of jobs in transit is a sum over choices. The cost of a queue depends on the
set of its senders, and is modelled by one column per set.

If every queue has at most one possible sender in the set, P2 splits into one problem P3
(eq 24) per access point: Lemma 1. :meth:`DispatchData.only` states P3 for one of them. If
the cloud is shared, the sum of the parts counts its queues once per access point, and the
solutions of the parts need not solve P2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyomo.environ as pyo


@dataclass(frozen=True)
class DispatchData:
    """The data of the model; all costs are in jobs, discounted and added up.

    Parameters
    ----------
    choices
        Candidate servers of each access point and type.
    transit
        W̃† of each access point, type and server: the cost in transit of sending there.
    queued
        W̃‡ of each server and type, for every set of access points that may send to it.
    current
        The present server of each access point and type. When one decides for itself, the
        others are assumed to keep theirs.
    """

    choices: Mapping[tuple[str, str], Sequence[str]]
    transit: Mapping[tuple[str, str, str], float]
    queued: Mapping[tuple[str, str], Mapping[frozenset[str], float]]
    current: Mapping[tuple[str, str], str]

    def only(self, ap: str) -> DispatchData:
        """Return P3 of one access point: it chooses, and all others keep their actions."""
        choices = {key: list(servers) for key, servers in self.choices.items()}
        own = {key: servers for key, servers in choices.items() if key[0] == ap}
        queued: dict[tuple[str, str], dict[frozenset[str], float]] = {}
        for (_, kind), servers in own.items():
            for server in servers:
                kept = frozenset(
                    other
                    for (other, type_), target in self.current.items()
                    if other != ap and type_ == kind and target == server
                )
                costs = self.queued[server, kind]
                queued[server, kind] = {
                    frozenset(): costs[kept],
                    frozenset([ap]): costs[kept | {ap}],
                }
        return DispatchData(
            choices=own,
            transit={key: cost for key, cost in self.transit.items() if key[0] == ap},
            queued=queued,
            current={key: m for key, m in self.current.items() if key[0] == ap},
        )

    def cost(self, actions: Mapping[tuple[str, str], str]) -> float:
        """Return the objective, given the server of every access point and type."""
        total = sum(
            self.transit[ap, kind, server] for (ap, kind), server in actions.items()
        )
        for (server, kind), costs in self.queued.items():
            senders = frozenset(
                ap
                for (ap, type_), target in actions.items()
                if type_ == kind and target == server
            )
            total += costs[senders]
        return total


def dispatch_model(data: DispatchData) -> pyo.ConcreteModel:
    """Return P2 for ``data``; for the data of one access point, that is P3.

    Parameters
    ----------
    data
        Choices and costs.

    Returns
    -------
    ConcreteModel
        With ``send[k, j, m]`` (1 if access point k sends type j to server m) and
        ``together[m, j, n]`` (1 if set number n of its sets sends type j to m; the
        binaries imply its value).
    """
    sets = {queue: list(costs) for queue, costs in data.queued.items()}
    model = pyo.ConcreteModel(name="dispatch")
    model.SOURCES = pyo.Set(
        dimen=2, initialize=list(data.choices), doc="access points and types"
    )
    model.CHOICES = pyo.Set(
        dimen=3,
        initialize=[
            (ap, kind, server)
            for (ap, kind), servers in data.choices.items()
            for server in servers
        ],
        doc="access point, type, candidate server",
    )
    model.QUEUES = pyo.Set(dimen=2, initialize=list(sets), doc="servers and types")
    model.COLUMNS = pyo.Set(
        dimen=3,
        initialize=[
            (*queue, n) for queue, all_ in sets.items() for n in range(len(all_))
        ],
        doc="server, type, number of a set of senders",
    )
    model.send = pyo.Var(model.CHOICES, domain=pyo.Binary)
    model.together = pyo.Var(model.COLUMNS, bounds=(0, 1))

    @model.Constraint(model.SOURCES, doc="each type goes to one server")
    def goes_somewhere(model, ap, kind):
        return sum(model.send[ap, kind, m] for m in data.choices[ap, kind]) == 1

    @model.Constraint(model.QUEUES, doc="each queue has one set of senders")
    def one_set(model, server, kind):
        columns = range(len(sets[server, kind]))
        return sum(model.together[server, kind, n] for n in columns) == 1

    @model.Constraint(model.CHOICES, doc="the set of senders holds who sends")
    def holds_senders(model, ap, kind, server):
        held = sum(
            model.together[server, kind, n]
            for n, senders in enumerate(sets[server, kind])
            if ap in senders
        )
        return held == model.send[ap, kind, server]

    @model.Objective(doc="expected W† + W‡ of the next state (eq 23)")
    def value(model):
        in_transit = sum(data.transit[c] * model.send[c] for c in model.CHOICES)
        in_queues = sum(
            data.queued[m, j][sets[m, j][n]] * model.together[m, j, n]
            for m, j, n in model.COLUMNS
        )
        return in_transit + in_queues

    return model
