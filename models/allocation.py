"""Min-max task allocation and scheduling on a tree, as a mixed-integer program.

Problem P1 (eq 9) of Ma and Xie, "A Multi-Layered Distributed Computing Framework for
Enhanced Edge Computing": who gets how much, and in which order it is sent. The order is
modelled by precedence binaries, one a pair of servers in one subtree, kept free of cycles
by the triangle inequalities; the product of a precedence and a load, which the waiting
time (eq 6) is made of, is linearised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

import pyomo.environ as pyo


@dataclass(frozen=True)
class AllocationData:
    """What the model needs, per Gbit and with the weights applied.

    Parameters
    ----------
    size
        Task size Y in Gbit.
    master
        Name of the master, number 0 in the paper.
    parent
        Whom each server but the master receives from.
    own_cost
        w1 (d_i + b/f_i) + w2 γ_i b f_i²: what a server pays per Gbit of its own.
    path_cost
        w1 d_i: what the way from the master costs per Gbit.
    relay_cost
        w2 e_p/R_pc: what the parent p of a server c pays per Gbit it passes on to c.
    workers
        Servers that may be given load, the master included; None for all.
    """

    size: float
    master: str
    parent: Mapping[str, str]
    own_cost: Mapping[str, float]
    path_cost: Mapping[str, float]
    relay_cost: Mapping[str, float]
    workers: frozenset[str] | None = None

    def path(self, server: str) -> list[str]:
        """Return the servers on the way from the master, which is left out."""
        way = []
        while server != self.master:
            way.append(server)
            server = self.parent[server]
        return way[::-1]


def _nothing() -> None:
    pass


def allocation_model(
    data: AllocationData, tick: Callable[[], None] = _nothing
) -> pyo.ConcreteModel:
    """Return P1 for ``data``.

    Parameters
    ----------
    data
        The tree and its costs.
    tick
        Called once a triangle inequality, of which there are O(n³); may raise to stop.

    Returns
    -------
    ConcreteModel
        With ``load_gbit[i]`` (y_i, Gbit), ``before[i, j]`` (1 if i is sent before j, for
        pairs in the order of ``SERVERS``), ``held[j, i]`` (Gbit of j that i waits for),
        ``flow[c]`` (Gbit sent into the subtree of c) and ``largest_cost`` (z).
    """
    paths = {server: data.path(server) for server in data.parent}
    subtrees: dict[str, list[str]] = {}
    for server, path in paths.items():
        subtrees.setdefault(path[0], []).append(server)
    number = {server: k for k, server in enumerate(data.parent)}
    children: dict[str, list[str]] = {server: [] for server in data.own_cost}
    for child, parent in data.parent.items():
        children[parent].append(child)

    def meeting_cost(one: str, other: str) -> float:
        """Return w1 d of the lowest common ancestor, which may be either of the two."""
        common = data.master
        for step, match in zip(paths[one], paths[other], strict=False):
            if step != match:
                break
            common = step
        return data.path_cost[common]

    model = pyo.ConcreteModel(name="allocation")
    model.SERVERS = pyo.Set(initialize=list(data.own_cost), doc="servers in the tree")
    model.BELOW = pyo.Set(initialize=list(data.parent), doc="all but the master")
    model.PAIRS = pyo.Set(
        dimen=2,
        initialize=[
            pair for group in subtrees.values() for pair in combinations(group, 2)
        ],
        doc="pairs of servers that share a subtree",
    )
    model.WAITS = pyo.Set(
        dimen=2,
        initialize=[
            pair for one, other in model.PAIRS for pair in ((one, other), (other, one))
        ],
        doc="(j, i): i waits for j if j is sent before it",
    )
    model.TRIPLES = pyo.Set(
        dimen=3,
        initialize=[
            three for group in subtrees.values() for three in combinations(group, 3)
        ],
        doc="triples of servers that share a subtree",
    )

    model.load_gbit = pyo.Var(
        model.SERVERS, bounds=(0.0, data.size), doc="y: load of each server, Gbit"
    )
    model.before = pyo.Var(
        model.PAIRS, domain=pyo.Binary, doc="o_i > o_j: i is sent before j"
    )
    model.held = pyo.Var(
        model.WAITS, bounds=(0.0, data.size), doc="load of j that i waits for, Gbit"
    )
    model.flow = pyo.Var(
        model.BELOW, bounds=(0.0, data.size), doc="load sent into each subtree, Gbit"
    )
    model.largest_cost = pyo.Var(domain=pyo.NonNegativeReals, doc="z")
    if data.workers is not None:
        for server in data.own_cost:
            if server not in data.workers:
                model.load_gbit[server].fix(0.0)

    def sent_before(one: str, other: str):  # type: ignore[no-untyped-def]
        if number[one] < number[other]:
            return model.before[one, other]
        return 1 - model.before[other, one]

    @model.Objective(sense=pyo.minimize, doc="eq 9")
    def cost(model):  # type: ignore[no-untyped-def]
        return model.largest_cost

    @model.Constraint(doc="C1: all of the task is shared out")
    def whole_task(model):  # type: ignore[no-untyped-def]
        return pyo.quicksum(model.load_gbit[i] for i in model.SERVERS) == data.size

    @model.Constraint(model.BELOW, doc="what is sent into a subtree stays in it")
    def flow_balance(model, c):  # type: ignore[no-untyped-def]
        below = pyo.quicksum(model.flow[g] for g in children[c])
        return model.flow[c] == model.load_gbit[c] + below

    @model.Constraint(model.WAITS, doc="i waits for all of j, or j is sent after it")
    def waiting(model, j, i):  # type: ignore[no-untyped-def]
        return model.held[j, i] >= model.load_gbit[j] - data.size * (
            1 - sent_before(j, i)
        )

    @model.Constraint(model.SERVERS, doc="z is at least every J_i (eqs 4 to 8)")
    def cost_of_server(model, i):  # type: ignore[no-untyped-def]
        waits = [
            meeting_cost(i, j) * model.held[j, i]
            for j in (subtrees[paths[i][0]] if i != data.master else ())
            if j != i
        ]
        relays = [data.relay_cost[c] * model.flow[c] for c in children[i]]
        return model.largest_cost >= (
            data.own_cost[i] * model.load_gbit[i]
            + pyo.quicksum(waits)
            + pyo.quicksum(relays)
        )

    @model.Constraint(model.TRIPLES, doc="the precedences have no cycle")
    def no_cycle(model, i, j, k):  # type: ignore[no-untyped-def]
        tick()
        around = model.before[i, j] + model.before[j, k] - model.before[i, k]
        return (0, around, 1)

    return model
