"""Tables of a discovery instance and its solution."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from optkit.core.display.tables import Cell, Column, Table, quantities, sections
from optkit.core.solving.result import Verification
from optkit.discovery.check.checker import check
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.solution import DiscoverySolution

LONGEST_LIST = 8
"""Number of agents of a resource up to which they are listed by name."""


def tables(
    instance: DiscoveryInstance,
    solution: DiscoverySolution | None = None,
    verification: Verification | None = None,
) -> list[Table]:
    """Return tables of an instance and, if given, a solution.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's verdict on the solution; computed if it is not given.

    Returns
    -------
    list of Table
        Of the solution: violations, if there are any; totals, windows, agents. Then of the
        instance: totals and windows. All numbers of a solution are the checker's.
    """
    return sections(
        instance,
        solution,
        verification,
        check=check,
        of_solution=lambda solution, checked: [
            _outcome(checked),
            _windows(checked.metrics["windows"]),
            _agents(instance, solution),
        ],
        of_instance=[_instance(instance), _demands(instance)],
    )


def _outcome(verification: Verification) -> Table:
    metrics = verification.metrics
    return quantities(
        "Solution",
        [
            ("objective", verification.objective, ""),
            ("time Z1", metrics["time_s"], "s"),
            (
                "of which agent mode, agents' setting up included",
                metrics["time_agent_s"],
                "s",
            ),
            ("of which self-directed mode", metrics["time_self_s"], "s"),
            ("energy Z2", metrics["energy_j"], "J"),
            ("of which agent mode", metrics["energy_agent_j"], "J"),
            ("of which self-directed mode", metrics["energy_self_j"], "J"),
            ("mean accuracy in agent mode", metrics["accuracy_agent"], ""),
            ("mean accuracy in self-directed mode", metrics["accuracy_self"], ""),
            ("agents opened", metrics["qans"], ""),
            ("requests", metrics["nodes"], ""),
            ("connected", metrics["connected"], ""),
            ("in agent mode", metrics["agents"], ""),
        ],
    )


def _windows(windows: list[Mapping[str, Any]]) -> Table:
    keys = (
        ("time", "s", "time_s"),
        ("energy", "J", "energy_j"),
        ("agents", "", "qans"),
        ("nodes", "", "nodes"),
        ("connected", "", "connected"),
        ("in agent mode", "", "agents"),
        ("accuracy agent", "", "accuracy_agent"),
        ("accuracy self", "", "accuracy_self"),
        ("time agent", "s", "time_agent_s"),
        ("time self", "s", "time_self_s"),
        ("energy agent", "J", "energy_agent_j"),
        ("energy self", "J", "energy_self_j"),
    )
    return Table(
        "Windows of the solution",
        (
            Column("window", align="right"),
            *(Column(name, unit, "right") for name, unit, _ in keys),
        ),
        [(k, *(metrics[key] for *_, key in keys)) for k, metrics in enumerate(windows)],
    )


def _agents(instance: DiscoveryInstance, solution: DiscoverySolution) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for k, opened in enumerate(solution.qans):
        for m, names in enumerate(opened):
            if not names:
                continue
            members = [
                i
                for i, resource in enumerate(instance.demand[k])
                if resource == instance.resources[m] and instance.present[k][i]
            ]
            served = sum(solution.connect[k][i] is not None for i in members)
            shown = ", ".join(names) if len(names) <= LONGEST_LIST else f"{len(names)}"
            rows.append((k, instance.resources[m], len(members), served, shown))
    return Table(
        "Agents of the solution",
        (
            Column("window", align="right"),
            Column("resource"),
            Column("nodes", align="right"),
            Column("connected", align="right"),
            Column("agents"),
        ),
        rows,
    )


def _instance(instance: DiscoveryInstance) -> Table:
    reading = instance.reading
    requests = [
        times
        for k, row in enumerate(instance.demand)
        for i, (resource, times) in enumerate(
            zip(row, instance.connect_time[k], strict=True)
        )
        if resource is not None and instance.present[k][i]
    ]
    links = [len(times) - times.count(None) for times in requests]
    return quantities(
        "Instance",
        [
            ("windows", instance.windows, ""),
            ("nodes", len(instance.nodes), ""),
            ("candidates", len(instance.candidates), ""),
            ("resources", len(instance.resources), ""),
            ("requests, over all windows", len(requests), ""),
            ("of which without any usable link", links.count(0), ""),
            ("usable links", sum(links), ""),
            ("required accuracy, agent mode", instance.required_accuracy.agent, ""),
            ("required accuracy, self mode", instance.required_accuracy.self_, ""),
            ("weight of time", instance.weights.time, "1/s"),
            ("weight of energy", instance.weights.energy, "1/J"),
            ("rule on agents (C1)", reading.qan_rule, ""),
            ("connecting (C3)", reading.connection, ""),
            ("connections that take time", reading.connection_cost, ""),
            ("accuracies are judged by", reading.accuracy_form, ""),
            ("over", reading.accuracy_scope, ""),
        ],
    )


def _demands(instance: DiscoveryInstance) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for k in range(instance.windows):
        asked = Counter(
            resource
            for i, resource in enumerate(instance.demand[k])
            if resource is not None and instance.present[k][i]
        )
        rows.append(
            (k, sum(instance.present[k]), *(asked[name] for name in instance.resources))
        )
    return Table(
        "Windows of the instance",
        (
            Column("window", align="right"),
            Column("present", align="right"),
            *(Column(f"want {name}", align="right") for name in instance.resources),
        ),
        rows,
    )
