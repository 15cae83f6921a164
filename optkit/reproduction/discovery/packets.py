"""Figure 16: updates and hops against energy and accuracy, cycle by cycle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.display.tables import Cell, Column, Table
from optkit.discovery.data import physics
from optkit.discovery.instance import DiscoveryInstance
from optkit.plotting.charts import axes, legend_above
from optkit.plotting.palette import BLUE, VERMILION
from optkit.reproduction.discovery import cycles
from optkit.reproduction.discovery.networks import PARAMETERS, UNIT_NOTE
from optkit.reproduction.engine import (
    Claim,
    Context,
    Findings,
    Picture,
)
from optkit.reproduction.engine.statistics import (
    judge_estimates,
    rank_correlation,
    ratio,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Packets:
    """Messages in each cycle of one run, and their effects; arrays by cycle.

    Parameters
    ----------
    updates
        Mean number of updates of a node for agent mode.
    hops
        Mean H̄C (eq 12) of the nodes that make requests, too small by at most the share
        of nodes in the last ring.
    energy
        TEC, J.
    accuracy_agent, accuracy_self
        Mean accuracy of the nodes in each mode; nan if none is in it.
    nodes
        Number of nodes that ask.
    """

    updates: Floats
    hops: Floats
    energy: Floats
    accuracy_agent: Floats
    accuracy_self: Floats
    nodes: Floats


Sent = Mapping[float, Sequence[Packets]]
"""The runs at each request rate."""


def packets(instance: DiscoveryInstance, run: cycles.Cycles) -> Packets:
    """Recover from an instance's data how many messages were sent.

    Updates follow from the accuracy that they keep, requests from D_agent (10), and hops
    from the cost of a request (13); the ring that its first branch leaves out is taken as
    empty.
    """
    assert instance.physics is not None, "the generator keeps its physics"
    values = {key: float(value) for key, value in instance.physics.items()}
    send, packet = values["send_j"], values["send_j"] + values["receive_j"]
    updates, hops = [], []
    for k in range(instance.windows):
        count = sum(instance.present[k])
        asks = [
            i
            for i, resource in enumerate(instance.demand[k])
            if resource is not None and instance.present[k][i]
        ]
        accuracy, agent, self_directed = (
            np.array([column[k][i] for i in asks])
            for column in (
                instance.accuracy_agent,
                instance.energy_agent,
                instance.energy_self,
            )
        )
        resources = [instance.resources.index(str(instance.demand[k][i])) for i in asks]
        rates = np.array([_changes_per_second(values, m) for m in resources])
        sent = values["period_s"] * rates / physics.changes_for_accuracy(accuracy)
        requests = np.rint((agent - send * sent) / packet)
        asking = requests > 0.0
        flood = self_directed[asking] / requests[asking] / (count * packet)
        updates.append(sent.mean())
        hops.append(np.mean(flood - send / packet - 1.0 + 1.0 / count))
    return Packets(
        np.array(updates),
        np.array(hops),
        run.energy,
        run.accuracy_agent,
        run.accuracy_self,
        run.nodes,
    )


def _changes_per_second(values: Mapping[str, float], resource: int) -> float:
    """Return μ, how often the state of a resource changes, by equations (3) to (6)."""
    service = values["service_low_s"] + resource * values["service_step_s"]
    interval = physics.completion_interval(service, int(values["units"]))
    completed = physics.completed_tasks(values["observation_s"], interval)
    changed = physics.updates_between_observations(values["tasks"], completed, nodes=2)
    return changed / values["observation_s"]


def claims(sent: Sent) -> tuple[Claim, ...]:
    """Judge what the text says about Fig. 16.

    Parameters
    ----------
    sent
        The runs.
    """
    return (
        _with_energy(sent, "updates", "updates sent for agent mode"),
        _with_energy(sent, "hops", "hops in self-directed mode"),
        _steady(sent),
        _accuracy(sent),
        _nodes(sent),
    )


def _with_energy(sent: Sent, quantity: str, words: str) -> Claim:
    correlations = cycles.run_means(
        sent, lambda run: rank_correlation(getattr(run, quantity), run.energy)
    )
    reason = {
        "updates": "Updates are cheap compared with floods, and nodes for which they"
        " would be expensive do not ask an agent.",
        "hops": "Every node that forwards a flood spends energy on it.",
    }[quantity]
    return Claim(
        f"Energy is large in cycles with many {words}.",
        "Fig. 16: peaks and valleys of the energy, explained by frequent packets.",
        f"Mean rank correlation over the cycles:"
        f" {cycles.at_rates(sent, correlations)}.",
        judge_estimates(correlations, "above", 0.0),
        reason,
    )


def _variation(values: Floats) -> float:
    return float(np.nanstd(values) / np.nanmean(values))


def _steady(sent: Sent) -> Claim:
    ratios = []
    for listed in sent.values():
        accuracies = [
            max(_variation(run.accuracy_agent), _variation(run.accuracy_self))
            for run in listed
        ]
        ratios.append(ratio(accuracies, [_variation(run.energy) for run in listed]))
    return Claim(
        "Accuracy varies less over the cycles than energy does.",
        "Fig. 16: no significant fluctuations of accuracy, peaks and valleys of energy.",
        "Coefficient of variation of the mean accuracy, of the mode where it is larger,"
        f" over that of the energy: {cycles.at_rates(sent, ratios)}.",
        judge_estimates(ratios, "below", 1.0),
        "Accuracy is a mean over the nodes, energy a sum of random numbers of floods. It"
        " also speaks against the wide ranges that Table 3 prints for the same accuracies.",
    )


def _accuracy(sent: Sent) -> Claim:
    correlations = cycles.run_means(
        sent, lambda run: -rank_correlation(run.hops, run.accuracy_self)
    )
    return Claim(
        "Accuracy in self-directed mode depends on how far a broadcast reaches.",
        "Fig. 16: accuracy is related to the reachable range of the broadcast.",
        "Mean rank correlation of hops and accuracy, with its sign turned:"
        f" {cycles.at_rates(sent, correlations)}.",
        judge_estimates(correlations, "above", 0.0),
        "In the calibration, information ages with every hop, so the sign is given."
        " The hops are those of all nodes with requests, the accuracy is that of the"
        " nodes that flood.",
    )


def _nodes(sent: Sent) -> Claim:
    def with_accuracy(run: Packets, quantity: str) -> float:
        return abs(rank_correlation(getattr(run, quantity), run.accuracy_self))

    nodes = cycles.run_means(sent, lambda run: with_accuracy(run, "nodes"))
    hops = cycles.run_means(sent, lambda run: with_accuracy(run, "hops"))
    lead = cycles.run_means(
        sent, lambda run: with_accuracy(run, "nodes") - with_accuracy(run, "hops")
    )
    return Claim(
        "The number of nodes matters more for accuracy than the range of the broadcast.",
        "Fig. 16: packets' frequency and number of nodes are called more prominent.",
        f"Mean absolute rank correlation with accuracy in self-directed mode, of nodes"
        f" {cycles.at_rates(sent, nodes)}; of hops {cycles.at_rates(sent, hops)}.",
        judge_estimates(lead, "above", 0.0),
        "Within 10 % the number of nodes hardly changes how far apart they are.",
    )


def run(context: Context) -> Findings:
    """Reproduce Fig. 16."""
    sent = cycles.by_rate(context, packets)
    return Findings(
        claims=claims(sent),
        parameters={
            **PARAMETERS,
            "networks": f"{context.repetitions} runs of"
            f" {len(next(iter(sent.values()))[0].energy)} cycles at each request rate",
            "hops": "from D_self (13), (14), of the nodes that make requests, the last ring"
            " taken as empty",
            "solvers": "price; bilevel-exact where that proves no optimum",
        },
        tables={"fig-16": _table(sent)},
        pictures=tuple(
            Picture(
                f"fig-16{letter}",
                f"Mean {words} and total energy of each cycle of one run, at two request"
                " rates.",
                partial(_draw, sent, quantity, words),
            )
            for letter, quantity, words in (
                ("a", "updates", "updates of a node"),
                ("b", "hops", "hops"),
            )
        ),
        notes=(UNIT_NOTE,),
    )


def _table(sent: Sent) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for rate, listed in sent.items():
        for name in ("updates", "hops", "energy", "accuracy_agent", "accuracy_self"):
            columns = [getattr(run, name) for run in listed]
            rows.append(
                (
                    rate,
                    name.replace("_", " "),
                    float(np.mean([np.nanmean(column) for column in columns])),
                    float(np.mean([np.nanmin(column) for column in columns])),
                    float(np.mean([np.nanmax(column) for column in columns])),
                    float(np.mean([_variation(column) for column in columns])),
                )
            )
    return Table(
        "Means, ends and variation over the cycles, mean of the runs",
        (
            Column("request rate", "1/s", "right"),
            Column("quantity"),
            Column("mean", align="right"),
            Column("least", align="right"),
            Column("largest", align="right"),
            Column("coefficient of variation", align="right"),
        ),
        rows,
    )


def _draw(sent: Sent, quantity: str, words: str) -> Figure:
    figure, panel = axes("What is sent, and energy", f"mean {words}", "energy (J)")
    looks = ((BLUE, "o"), (VERMILION, "s"))
    for (rate, listed), (colour, marker) in zip(sent.items(), looks, strict=True):
        run = listed[0]
        r = rank_correlation(getattr(run, quantity), run.energy)
        panel.plot(
            getattr(run, quantity),
            run.energy,
            marker,
            color=colour,
            alpha=0.6,
            label=f"{rate:g} requests/s, rank correlation {r:.2f}",
        )
    legend_above(panel, 1)
    return figure
