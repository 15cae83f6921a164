"""Min-max task allocation and scheduling on a tree, as a mixed-integer program.

Problem P1 (eq 9) of Ma and Xie, "A Multi-Layered Distributed Computing Framework for
Enhanced Edge Computing": who gets how much, and in which order it is sent. The order is
modelled by precedence binaries, one per pair of servers in one subtree; the triangle
inequalities keep them free of cycles. The waiting time (eq 6) is made of products of a
precedence and a load, which are linearised.

:func:`strengthen` adds valid inequalities, as a block of its own that can be taken out
again: the model without it is the problem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import pyomo.environ as pyo


@dataclass(frozen=True)
class AllocationData:
    """The data of the model, per Gbit and with the weights applied.

    Parameters
    ----------
    size
        Task size Y in Gbit.
    master
        Name of the master, number 0 in the paper.
    parent
        The server that each server but the master receives from.
    own_cost
        w1 (d_i + b/f_i) + w2 γ_i b f_i²: what a server pays per Gbit of its own.
    path_cost
        w1 d_i: what the way from the master costs per Gbit.
    relay_cost
        w2 e_p/R_pc: what the parent p of a server c pays per Gbit that it passes on to c.
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

    @cached_property
    def paths(self) -> dict[str, list[str]]:
        """The servers on the way to each one, itself included, the master not."""
        return {server: self._path(server) for server in self.parent}

    @cached_property
    def subtrees(self) -> dict[str, list[str]]:
        """The servers below each child of the master, the child included."""
        subtrees: dict[str, list[str]] = {}
        for server, path in self.paths.items():
            subtrees.setdefault(path[0], []).append(server)
        return subtrees

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """The servers that receive from each server."""
        children: dict[str, list[str]] = {server: [] for server in self.own_cost}
        for child, parent in self.parent.items():
            children[parent].append(child)
        return children

    def companions(self, server: str) -> list[str]:
        """Return the other servers of a server's subtree; none for the master."""
        if server == self.master:
            return []
        return [j for j in self.subtrees[self.paths[server][0]] if j != server]

    def shared_path_cost(self, first: str, second: str) -> float:
        """Return w1 d of the lowest common ancestor, which may be either of the two."""
        common = self.master
        for step, match in zip(self.paths[first], self.paths[second], strict=False):
            if step != match:
                break
            common = step
        return self.path_cost[common]

    def _path(self, server: str) -> list[str]:
        path = []
        while server != self.master:
            path.append(server)
            server = self.parent[server]
        return path[::-1]


@dataclass(frozen=True)
class PriceCut:
    """One set S of servers: their loads, and the losses of their budgets.

    ``Σ_S y_i + Σ_S p_i (relaying of i + waiting of i for servers outside S) ≤ κ z``.

    Parameters
    ----------
    prices
        p_i of each server in S, Gbit per unit of cost.
    capacity
        κ, the most load that S takes at cost 1 if relaying is free, Gbit.
    """

    prices: Mapping[str, float]
    capacity: float


@dataclass(frozen=True)
class AllocationCuts:
    """Inequalities that every solution satisfies that is at least as good as a known one.

    Parameters
    ----------
    capacities
        (factors, κ): the sum of these flows, each times its factor, is at most κ z.
    prices
        Sets of servers, each with its prices.
    lowest, highest
        A lower bound on z, and the cost of the known solution.
    order
        Precedences that cost nothing: (i, j) means that i is sent before j.
    """

    capacities: Sequence[tuple[Mapping[str, float], float]]
    prices: Sequence[PriceCut]
    lowest: float
    highest: float
    order: Sequence[tuple[str, str]] = ()


def _no_check() -> None:
    pass


def allocation_model(
    data: AllocationData, check_time: Callable[[], None] = _no_check
) -> pyo.ConcreteModel:
    """Return P1 for ``data``.

    Parameters
    ----------
    data
        The tree and its costs.
    check_time
        Called once per triangle inequality, of which there are O(n³); may raise to stop.

    Returns
    -------
    ConcreteModel
        With ``load_gbit[i]`` (y_i, Gbit), ``before[i, j]`` (1 if i is sent before j, for
        pairs in the order of ``SERVERS``), ``held[j, i]`` (Gbit of j that i waits for),
        ``flow[c]`` (Gbit sent into the subtree of c) and ``largest_cost`` (z).
    """
    subtrees, children = data.subtrees, data.children
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
            pair
            for first, second in model.PAIRS
            for pair in ((first, second), (second, first))
        ],
        doc="(j, i): i waits for j if j is sent before it",
    )
    model.TRIPLES = pyo.Set(
        dimen=3,
        initialize=[
            triple for group in subtrees.values() for triple in combinations(group, 3)
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

    @model.Objective(sense=pyo.minimize, doc="eq 9")
    def cost(model):
        return model.largest_cost

    @model.Constraint(doc="C1: all of the task is shared out")
    def whole_task(model):
        return pyo.quicksum(model.load_gbit[i] for i in model.SERVERS) == data.size

    @model.Constraint(model.BELOW, doc="what is sent into a subtree stays in it")
    def flow_balance(model, c):
        below = pyo.quicksum(model.flow[g] for g in children[c])
        return model.flow[c] == model.load_gbit[c] + below

    @model.Constraint(model.WAITS, doc="i waits for all of j, or j is sent after it")
    def waiting(model, j, i):
        return model.held[j, i] >= model.load_gbit[j] - data.size * (
            1 - _sent_before(model, j, i)
        )

    @model.Constraint(model.SERVERS, doc="z is at least every J_i (eqs 4 to 8)")
    def cost_of_server(model, i):
        return model.largest_cost >= (
            data.own_cost[i] * model.load_gbit[i]
            + _waiting_cost(model, data, i, data.companions(i))
            + _relaying_cost(model, data, i)
        )

    @model.Constraint(model.TRIPLES, doc="the precedences have no cycle")
    def no_cycle(model, i, j, k):
        check_time()
        around = model.before[i, j] + model.before[j, k] - model.before[i, k]
        return (0, around, 1)

    return model


def strengthen(
    model: pyo.ConcreteModel, data: AllocationData, cuts: AllocationCuts
) -> None:
    """Add the block ``cuts`` to P1; its optimum stays, its relaxation gets tighter.

    ``cuts.wait`` implies ``waiting``, which is therefore deactivated. To get P1 back,
    deactivate ``cuts`` and activate ``waiting``. The section "Cuts" of
    ``docs/allocation-bounds.md`` has the proofs.

    Parameters
    ----------
    model
        The model that :func:`allocation_model` made of ``data``.
    data
        The tree and its costs.
    cuts
        The inequalities to add.
    """
    z = model.largest_cost
    model.cuts = pyo.Block(doc="valid inequalities; not needed to state the problem")
    block = model.cuts
    own, load, held = data.own_cost, model.load_gbit, model.held

    @block.Constraint(doc="a proven bound, and the cost of a known solution")
    def known(_):
        return (cuts.lowest, z, cuts.highest)

    @block.Constraint(range(len(cuts.capacities)), doc="what blocks take at most")
    def capacity(_, k):
        factors, most = cuts.capacities[k]
        return pyo.quicksum(f * model.flow[c] for c, f in factors.items()) <= most * z

    @block.Constraint(range(len(cuts.prices)), doc="what losses cost a set of servers")
    def price(_, k):
        cut = cuts.prices[k]
        losses = [
            p
            * (
                _relaying_cost(model, data, i)
                + _waiting_cost(
                    model,
                    data,
                    i,
                    [j for j in data.companions(i) if j not in cut.prices],
                )
            )
            for i, p in cut.prices.items()
            if p > 0.0
        ]
        carried = pyo.quicksum(load[i] for i in cut.prices)
        return carried + pyo.quicksum(losses) <= cut.capacity * z

    @block.Constraint(model.WAITS, doc="own budget of i, if j is sent before it")
    def wait(_, j, i):
        shared = data.shared_path_cost(i, j)
        return own[i] * (load[i] - held[i, j]) + shared * held[j, i] <= (
            cuts.highest * _sent_before(model, j, i)
        )

    @block.Constraint(range(len(cuts.order)), doc="precedences without loss")
    def order(_, k):
        return _sent_before(model, *cuts.order[k]) == 1

    model.waiting.deactivate()


def _sent_before(model, first: str, second: str):
    if (first, second) in model.before:
        return model.before[first, second]
    return 1 - model.before[second, first]


def _waiting_cost(model, data: AllocationData, i: str, others: Sequence[str]):
    """Return w1 times how long i waits for ``others``."""
    return pyo.quicksum(data.shared_path_cost(i, j) * model.held[j, i] for j in others)


def _relaying_cost(model, data: AllocationData, i: str):
    """Return w2 times the energy that i spends on relaying."""
    return pyo.quicksum(data.relay_cost[c] * model.flow[c] for c in data.children[i])
