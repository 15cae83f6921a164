"""Discovery of resources in a migrating network, as a bilevel program of two blocks.

Programs (1) and (2) of Zhou, Zhang, Zeng and Lin, "Dispersed Computing Resource Discovery
Model and Algorithm for Polymorphic Migration Network Architecture". The block ``upper``
opens query agent nodes and connects nodes to them; the block ``lower`` chooses each node's
mode for least energy, under accuracy rows. Each block has its own objective. Where
the paper is silent or contradicts itself, the reading decides which rows there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyomo.environ as pyo

Request = tuple[int, str]
"""A window and a node that demands a resource in it."""

Group = tuple[int, str]
"""A window and a resource that is demanded in it."""


@dataclass(frozen=True)
class DiscoveryData:
    """Data of the model.

    Parameters
    ----------
    candidates
        Names of the candidates J.
    group
        The window and resource of each request.
    select
        Seconds to open each candidate for each group: c_sel.
    connect
        Seconds to connect each request to each candidate that it has a usable link to:
        c_con.
    energy_agent, energy_self
        Joules of each request in each mode: D.
    agent_gain, self_gain
        Contribution of each request to the accuracy row of its mode.
    scopes
        The requests whose accuracies are judged together, one sequence per scope.
    agent_need, self_need
        Least values of the rows of both modes.
    time_weight, energy_weight
        Weights of Z1 and Z2 in the leader's objective.
    qan_rule, connection, connection_cost
        The readings of C1, C3 and Z1.
    """

    candidates: Sequence[str]
    group: Mapping[Request, Group]
    select: Mapping[tuple[Group, str], float]
    connect: Mapping[tuple[Request, str], float]
    energy_agent: Mapping[Request, float]
    energy_self: Mapping[Request, float]
    agent_gain: Mapping[Request, float]
    self_gain: Mapping[Request, float]
    scopes: Sequence[Sequence[Request]]
    agent_need: float
    self_need: float
    time_weight: float
    energy_weight: float
    qan_rule: Literal["cover", "single", "exact"]
    connection: Literal["forced", "optional"]
    connection_cost: Literal["connected", "agent-mode"]


def bilevel_model(data: DiscoveryData) -> pyo.ConcreteModel:
    """Return the bilevel program of ``data``: blocks ``upper`` and ``lower``.

    Returns
    -------
    ConcreteModel
        Variables are ``upper.opened[k, m, j]`` (X), ``upper.connected[k, i, j]`` (W) and
        ``lower.agent[k, i]`` (Y); where only agent mode's connections take time, also
        ``upper.charged[k, i, j]``, which is W·Y. The objectives are ``upper.cost`` (Φ)
        and ``lower.energy`` (Z2), both active.
    """
    model = pyo.ConcreteModel(name="discovery")
    model.CANDIDATES = pyo.Set(initialize=list(data.candidates), doc="candidates J")
    model.REQUESTS = pyo.Set(
        dimen=2, initialize=list(data.group), doc="(k, i): a node with a demand"
    )
    model.GROUPS = pyo.Set(
        dimen=2,
        initialize=list(dict.fromkeys(data.group.values())),
        doc="(k, m): a resource that is demanded",
    )
    model.LINKS = pyo.Set(
        dimen=3,
        initialize=[(k, i, j) for (k, i), j in data.connect],
        doc="(k, i, j): a usable link (C5 is in the data)",
    )
    model.zero = pyo.Param(initialize=0.0, mutable=True, doc="value of an empty sum")
    model.upper = pyo.Block(doc="the leader: programs (1)")
    model.lower = pyo.Block(doc="the follower: program (2)")
    model.lower.agent = pyo.Var(
        model.REQUESTS, domain=pyo.Binary, doc="Y: the node runs in agent mode"
    )
    _LeaderBlock(model, data).build()
    _add_follower(model, data)
    return model


def high_point_model(data: DiscoveryData) -> pyo.ConcreteModel:
    """Return the single-level relaxation: the leader chooses the follower's modes too."""
    model = bilevel_model(data)
    model.lower.energy.deactivate()
    return model


class _LeaderBlock:
    """Builds the leader's block."""

    def __init__(self, model: pyo.ConcreteModel, data: DiscoveryData) -> None:
        self.model, self.data, self.block = model, data, model.upper
        self.links = usable_links(data)
        self.members: dict[Group, list[Request]] = {group: [] for group in model.GROUPS}
        for request, group in data.group.items():
            self.members[group].append(request)
        self.linked = [request for request, links in self.links.items() if links]

    def build(self) -> None:
        """Add variables, rules C1 to C4 and the objective."""
        model, data, upper = self.model, self.data, self.block
        upper.opened = pyo.Var(
            model.GROUPS,
            model.CANDIDATES,
            domain=pyo.Binary,
            doc="X: the candidate is opened as agent for the resource",
        )
        upper.connected = pyo.Var(
            model.LINKS, domain=pyo.Binary, doc="W: the node connects to the candidate"
        )
        self._add_agent_rules()
        self._add_connections()
        charged = upper.connected
        if data.connection_cost == "agent-mode":
            charged = self._add_charged()
        lower = model.lower

        @upper.Expression(doc="Z1: seconds to set agents up and to connect")
        def time(_):
            selecting = pyo.quicksum(
                seconds * upper.opened[group, candidate]
                for (group, candidate), seconds in data.select.items()
            )
            return selecting + pyo.quicksum(
                seconds * charged[request, candidate]
                for (request, candidate), seconds in data.connect.items()
            )

        @upper.Objective(sense=pyo.minimize, doc="Φ, the leader's objective")
        def cost(_):
            energy = energy_of(data, lower.agent)
            return data.time_weight * upper.time + data.energy_weight * energy

    def _add_agent_rules(self) -> None:
        """Add C1, by the rule on open agents."""
        model, data, upper, zero = self.model, self.data, self.block, self.model.zero

        @upper.Constraint(model.GROUPS, doc="every demanded resource has an agent")
        def some_agent(_, k, m):
            total = zero + pyo.quicksum(upper.opened[k, m, j] for j in model.CANDIDATES)
            return total == 1 if data.qan_rule == "single" else total >= 1

        @upper.Constraint(
            self.linked if data.qan_rule != "single" else [],
            doc="C1: every linked node has a usable agent",
        )
        def usable_agent(_, k, i):
            group = data.group[k, i]
            total = pyo.quicksum(upper.opened[group, j] for j in self.links[k, i])
            return total == 1 if data.qan_rule == "exact" else total >= 1

    def _add_connections(self) -> None:
        """Add C2 to C4: which node connects to which agent."""
        model, data, upper = self.model, self.data, self.block

        @upper.Constraint(
            [
                group
                for group, members in self.members.items()
                if any(self.links[request] for request in members)
            ],
            doc="C2: at least one node connects",
        )
        def some_connection(_, k, m):
            return (
                pyo.quicksum(
                    upper.connected[request, j]
                    for request in self.members[k, m]
                    for j in self.links[request]
                )
                >= 1
            )

        @upper.Constraint(self.linked, doc="C3: at most one connection per node")
        def one_connection(_, k, i):
            return self.connections((k, i)) <= 1

        @upper.Constraint(
            model.LINKS if data.connection == "forced" else [],
            doc="C3: nodes that can connect have to",
        )
        def connects(_, k, i, j):
            return self.connections((k, i)) >= upper.opened[data.group[k, i], j]

        @upper.Constraint(model.LINKS, doc="C4: connections to open agents only")
        def open_agents(_, k, i, j):
            return upper.connected[k, i, j] <= upper.opened[data.group[k, i], j]

    def connections(self, request: Request) -> Any:
        """Return Σ_j W of a request."""
        return self.model.zero + pyo.quicksum(
            self.block.connected[request, j] for j in self.links[request]
        )

    def _add_charged(self) -> Any:
        """Return W·Y; at most one W of a node is 1, so W·Y sums to Y."""
        model, upper, lower = self.model, self.block, self.model.lower
        upper.charged = pyo.Var(
            model.LINKS, bounds=(0.0, 1.0), doc="W·Y: a connection in agent mode"
        )

        @upper.Constraint(model.LINKS, doc="W·Y is at most W")
        def charged_connection(_, k, i, j):
            return upper.charged[k, i, j] <= upper.connected[k, i, j]

        @upper.Constraint(self.linked, doc="W·Y sums to Y")
        def charged_mode(_, k, i):
            total = pyo.quicksum(upper.charged[k, i, j] for j in self.links[k, i])
            return total == lower.agent[k, i]

        return upper.charged


def usable_links(data: DiscoveryData) -> dict[Request, list[str]]:
    """Return the candidates that each request can connect to."""
    links: dict[Request, list[str]] = {request: [] for request in data.group}
    for request, candidate in data.connect:
        links[request].append(candidate)
    return links


def energy_of(data: DiscoveryData, agent: Any) -> Any:
    """Return Z2 as an expression in Y."""
    return pyo.quicksum(
        data.energy_self[request]
        + (data.energy_agent[request] - data.energy_self[request]) * agent[request]
        for request in data.group
    )


def _add_follower(model: pyo.ConcreteModel, data: DiscoveryData) -> None:
    """Add the follower's rows and objective."""
    upper, lower = model.upper, model.lower
    links = usable_links(data)

    @lower.Constraint(model.REQUESTS, doc="agent mode needs a connection")
    def connection(_, k, i):
        within = pyo.quicksum(upper.connected[k, i, j] for j in links[k, i])
        return lower.agent[k, i] <= model.zero + within

    @lower.Constraint(range(len(data.scopes)), doc="accuracy in agent mode")
    def agent_accuracy(_, scope):
        total = pyo.quicksum(
            data.agent_gain[request] * lower.agent[request]
            for request in data.scopes[scope]
        )
        return model.zero + total >= data.agent_need

    @lower.Constraint(range(len(data.scopes)), doc="accuracy in self-directed mode")
    def self_accuracy(_, scope):
        total = pyo.quicksum(
            data.self_gain[request] * (1 - lower.agent[request])
            for request in data.scopes[scope]
        )
        return model.zero + total >= data.self_need

    @lower.Objective(sense=pyo.minimize, doc="Z2, the follower's objective")
    def energy(_):
        return model.zero + energy_of(data, lower.agent)
