"""The dispatch decision of a set of access points, and its decomposition by access point.

Problem P2 (eq 23) of Hong et al., "Online Distributed Job Dispatching with Outdated and
Partially-Observable Information": each access point of a set sends each type of job to
one of its candidate servers, so that the expected value W† + W‡ of the next state is
least. What jobs in transit cost is a sum over choices. What a queue costs depends on who
sends to it together, and is modelled by one column for each set of senders.

Where no queue hears of two members of the set, every queue has one sender at most, and P2
falls apart into one problem P3 (eq 24) for each access point: Lemma 1.
:meth:`DispatchData.only` states P3 for one of them. Where the cloud is shared, the sum of
the parts counts its queues once for each, and their solutions need not solve P2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyomo.environ as pyo


@dataclass(frozen=True)
class DispatchData:
    """What the model needs; all costs in jobs, discounted and added up.

    Parameters
    ----------
    choices
        Candidate servers of each access point and type.
    transit
        W̃† of each access point, type and server: what sending there adds in transit.
    queued
        W̃‡ of each server and type, for every set of access points that may send to it.
    current
        Where each access point and type is sent now: what the others are taken to keep
        doing when one decides for itself.
    """

    choices: Mapping[tuple[str, str], Sequence[str]]
    transit: Mapping[tuple[str, str, str], float]
    queued: Mapping[tuple[str, str], Mapping[frozenset[str], float]]
    current: Mapping[tuple[str, str], str]

    def only(self, ap: str) -> DispatchData:
        """Return P3 of one access point: it chooses, all others keep their actions."""
        choices = {key: list(servers) for key, servers in self.choices.items()}
        mine = {key: servers for key, servers in choices.items() if key[0] == ap}
        queued: dict[tuple[str, str], dict[frozenset[str], float]] = {}
        for (_, kind), servers in mine.items():
            for server in servers:
                kept = frozenset(
                    other
                    for (other, its), where in self.current.items()
                    if other != ap and its == kind and where == server
                )
                costs = self.queued[server, kind]
                queued[server, kind] = {
                    frozenset(): costs[kept],
                    frozenset([ap]): costs[kept | {ap}],
                }
        return DispatchData(
            choices=mine,
            transit={key: cost for key, cost in self.transit.items() if key[0] == ap},
            queued=queued,
            current={key: m for key, m in self.current.items() if key[0] == ap},
        )

    def cost(self, actions: Mapping[tuple[str, str], str]) -> float:
        """Return the objective of an action of every access point and type."""
        total = sum(
            self.transit[ap, kind, server] for (ap, kind), server in actions.items()
        )
        for (server, kind), costs in self.queued.items():
            senders = frozenset(
                ap
                for (ap, its), where in actions.items()
                if its == kind and where == server
            )
            total += costs[senders]
        return total


def dispatch_model(data: DispatchData) -> pyo.ConcreteModel:
    """Return P2 for ``data``; of one access point's data, P3.

    Parameters
    ----------
    data
        Choices and costs.

    Returns
    -------
    ConcreteModel
        With ``send[k, j, m]`` (1 if access point k sends type j to server m) and
        ``together[m, j, n]`` (1 if those who send type j to m are set number n of its
        sets, which the binaries imply).
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
