"""From networks to instances: energies, accuracies and times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from optkit.core.arrays import Floats
from optkit.core.options import Options
from optkit.discovery.data import physics
from optkit.discovery.data.migrating_network import (
    Snapshot,
    hop_counts,
    kept_connected,
    opportunistic_links,
)


class CalibrationOptions(Options):
    """Parameters that an instance is computed from, and its reading."""

    resources: int = Field(3, ge=0, le=100, description="resource types M")
    demand_share: float = Field(
        1.0, ge=0.0, le=1.0, description="probability that a node demands a resource"
    )
    period_s: float = Field(2.0, gt=0, description="T, length of a cycle, s")
    observation_s: float = Field(
        0.1, gt=0, description="time Δt2 between observations, s"
    )
    service_low_s: float = Field(
        0.2, gt=0, description="mean service time Γ of the first resource, s"
    )
    service_step_s: float = Field(
        0.1, ge=0, description="increase of Γ from one resource to the next, s"
    )
    units: int = Field(2, ge=1, description="units of each resource at a node, N_reso")
    tasks: float = Field(1.0, ge=0, description="N_task, tasks between observations")
    request_rate: float = Field(0.2, ge=0, description="requests of a node per second")
    send_j: float = Field(0.12, ge=0, description="e_send, J per packet")
    receive_j: float = Field(0.12, ge=0, description="e_obtain, J per packet")
    kept_accuracy_low: float = Field(
        0.24, gt=0, lt=1, description="least accuracy that updates are meant to keep"
    )
    kept_accuracy_high: float = Field(
        0.93, gt=0, lt=1, description="largest accuracy that updates are meant to keep"
    )
    hop_decay: float = Field(0.35, ge=0, description="ρ, ageing of information per hop")
    link_decay: float = Field(
        1.0, ge=0, description="κ: a link exists with probability exp(−κ c)"
    )
    select_low_s: float = Field(
        0.5, ge=0, description="shortest time for opening an agent, c_sel, s"
    )
    select_high_s: float = Field(
        1.5, ge=0, description="longest time for opening an agent, c_sel, s"
    )
    connect_base_s: float = Field(
        0.2,
        ge=0,
        description="connection time c_con at distance 0, s; it grows by 1 s up to the"
        " limit of coverage",
    )
    required_agent: float = Field(
        0.1, ge=0, description="accuracy required in agent mode, Q_req"
    )
    required_self: float = Field(
        0.1, ge=0, description="accuracy required in self-directed mode, Q_req"
    )
    weight_time: float = Field(1.0, ge=0, description="weight of the leader's time Z1")
    weight_energy: float = Field(
        0.0, ge=0, description="weight of the follower's energy Z2"
    )
    qan_rule: Literal["cover", "single", "exact"] = Field(
        "cover",
        description="which agents must be open: one usable by every node (cover), one"
        " per group (single), exactly one usable by each node (exact)",
    )
    connection: Literal["forced", "optional"] = Field(
        "forced",
        description="whether nodes must connect if they can (forced) or may (optional)",
    )
    connection_cost: Literal["connected", "agent-mode"] = Field(
        "connected",
        description="whether every connection takes time, or only those in agent mode",
    )
    accuracy_form: Literal["mean", "sum"] = Field(
        "mean",
        description="whether the mean or the sum of accuracies has to reach the"
        " requirement",
    )
    accuracy_scope: Literal["window", "horizon"] = Field(
        "window", description="requests whose accuracies are judged together"
    )
    name: str | None = Field(None, description="name of the instance")

    @model_validator(mode="after")
    def _ordered(self) -> CalibrationOptions:
        for low, high in (
            ("kept_accuracy_low", "kept_accuracy_high"),
            ("select_low_s", "select_high_s"),
        ):
            if getattr(self, low) > getattr(self, high):
                raise ValueError(f"{low} is above {high}; swap them")
        return self

    def service_s(self, resource: int) -> float:
        """Return Γ of a resource, s."""
        return self.service_low_s + resource * self.service_step_s


_PHYSICS = (
    "period_s",
    "observation_s",
    "service_low_s",
    "service_step_s",
    "units",
    "tasks",
    "request_rate",
    "send_j",
    "receive_j",
    "kept_accuracy_low",
    "kept_accuracy_high",
    "hop_decay",
    "link_decay",
    "connect_base_s",
)

DECIMALS = 6
"""Decimals of every number in a document; more would only make the file longer."""


def build_document(
    options: CalibrationOptions,
    names: Sequence[str],
    candidates: Sequence[int],
    snapshots: Iterable[Snapshot],
    rng: np.random.Generator,
    *,
    name: str,
    provenance: str,
    physics_of_source: dict[str, float | str],
) -> dict[str, Any]:
    """Return the document of the instance with these snapshots of a network.

    Parameters
    ----------
    options
        Parameters and readings.
    names
        Ids of the nodes.
    candidates
        Nodes that are candidates for query agent nodes.
    snapshots
        The network in each window.
    rng
        Source of randomness.
    name, provenance
        As in the instance.
    physics_of_source
        Further entries of ``physics``.
    """
    windows = [_window(options, snapshot, candidates, rng) for snapshot in snapshots]
    resources = [f"r{m}" for m in range(options.resources)]
    kept = {key: getattr(options, key) for key in _PHYSICS}
    document: dict[str, Any] = {
        "schema": "optkit/discovery",
        "schema_version": 1,
        "name": options.name or name,
        "provenance": provenance,
        "nodes": list(names),
        "candidates": [names[i] for i in candidates],
        "resources": resources,
        "windows": len(windows),
        "present": [window["present"] for window in windows],
        "demand": [
            [None if m is None else resources[m] for m in window["demand"]]
            for window in windows
        ],
    }
    for key in (
        "select_time",
        "connect_time",
        "energy_agent",
        "energy_self",
        "accuracy_agent",
        "accuracy_self",
    ):
        document[key] = [window[key] for window in windows]
    return document | {
        "required_accuracy": {
            "agent": options.required_agent,
            "self": options.required_self,
        },
        "weights": {"time": options.weight_time, "energy": options.weight_energy},
        "reading": {
            "qan_rule": options.qan_rule,
            "connection": options.connection,
            "connection_cost": options.connection_cost,
            "accuracy_form": options.accuracy_form,
            "accuracy_scope": options.accuracy_scope,
        },
        "physics": {**kept, **physics_of_source},
    }


def _window(
    options: CalibrationOptions,
    snapshot: Snapshot,
    candidates: Sequence[int],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Return one window of every array."""
    count = len(snapshot.present)
    present = np.flatnonzero(snapshot.present)
    distance = snapshot.distance[np.ix_(present, present)]
    links = kept_connected(
        opportunistic_links(distance, options.link_decay, rng), distance
    )
    demand = rng.integers(max(1, options.resources), size=count)
    asks = snapshot.present & (rng.random(count) < options.demand_share)
    asks &= options.resources > 0
    energies, accuracies = _modes(options, links, demand[present], rng)
    window: dict[str, Any] = {
        "present": snapshot.present.tolist(),
        "demand": [int(m) if a else None for m, a in zip(demand, asks, strict=True)],
        "select_time": _rounded(
            rng.uniform(
                options.select_low_s,
                options.select_high_s,
                (options.resources, len(candidates)),
            )
        ),
        "connect_time": _connect_times(options, snapshot, candidates, rng),
    }
    for key, values in (*energies.items(), *accuracies.items()):
        of_all_nodes = np.zeros(count)
        of_all_nodes[present] = values
        window[key] = _rounded(of_all_nodes)
    return window


def _modes(
    options: CalibrationOptions,
    links: Any,
    demand: Any,
    rng: np.random.Generator,
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return energies and accuracies of the present nodes in both modes."""
    nodes = len(links)
    requests = rng.poisson(options.request_rate * options.period_s, nodes).astype(float)
    updates_of = np.array(
        [_updates(options, m) for m in range(max(1, options.resources))]
    )
    rates = updates_of[demand] / options.observation_s
    # Each node keeps its own accuracy, as far as its share of all updates (7) allows.
    target = rng.uniform(options.kept_accuracy_low, options.kept_accuracy_high, nodes)
    wanted = options.period_s * rates / physics.changes_for_accuracy(target)
    most = physics.all_updates(options.period_s, options.observation_s, updates_of)
    updates = np.minimum(wanted, most)
    changes = np.divide(
        options.period_s * rates, updates, out=np.zeros(nodes), where=updates > 0.0
    )
    shares = physics.hop_shares(hop_counts(links)) if nodes else np.zeros((0, 1))
    reached = shares > 0.0
    eccentricity = (
        shares.shape[1] - 1 - np.argmax(reached[:, ::-1], axis=1)
        if nodes
        else np.zeros(0)
    )
    request_j = physics.request_energy(
        nodes, shares, eccentricity, options.send_j, options.receive_j
    )
    return (
        {
            "energy_agent": physics.agent_energy(
                requests, updates, options.send_j, options.receive_j
            ),
            "energy_self": physics.self_energy(requests, request_j),
        },
        {
            "accuracy_agent": physics.agent_accuracy(changes),
            "accuracy_self": physics.self_accuracy(shares, options.hop_decay),
        },
    )


def _updates(options: CalibrationOptions, resource: int) -> float:
    """Return how often the state of a node's resource changes between observations.

    That is the number of updates of one node by (5) and (6).
    """
    interval = physics.completion_interval(options.service_s(resource), options.units)
    completed = physics.completed_tasks(options.observation_s, interval)
    return physics.updates_between_observations(options.tasks, completed, nodes=2)


def _connect_times(
    options: CalibrationOptions,
    snapshot: Snapshot,
    candidates: Sequence[int],
    rng: np.random.Generator,
) -> list[list[float | None]]:
    """Return c_con where a link to the candidate is drawn (C5), None elsewhere."""
    between = snapshot.distance[:, list(candidates)]
    within = between <= 1.0
    seconds = options.connect_base_s + np.where(within, between, 0.0)
    usable = within & (
        rng.random(between.shape) < np.exp(-options.link_decay * seconds)
    )
    usable &= snapshot.present[:, None] & snapshot.present[list(candidates)][None, :]
    return [
        [round(float(s), DECIMALS) if u else None for s, u in zip(*row, strict=True)]
        for row in zip(seconds, usable, strict=True)
    ]


def _rounded(values: Floats) -> Any:
    return np.round(values, DECIMALS).tolist()
