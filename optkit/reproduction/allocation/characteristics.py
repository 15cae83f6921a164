"""Figure 12: who gets work as the link to Node 1, or Node 1 itself, gets faster."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Floats
from optkit.core.display.tables import Cell, Column, Table
from optkit.plotting.charts import Look, axes, label_ends, lines, plain_log
from optkit.plotting.palette import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILION,
)
from optkit.reproduction.allocation import runs
from optkit.reproduction.allocation.networks import PARAMETERS, UNITS_NOTE, topology
from optkit.reproduction.engine import (
    Claim,
    Context,
    Findings,
    Picture,
    Verdict,
    combined,
)
from optkit.reproduction.engine.measurements import Measurement, Measurements
from optkit.reproduction.engine.statistics import Share, judge_shares, mean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NETWORK = "Topology 4"
NODE = "1"
LEFT, RIGHT = ("1", "3", "5", "6"), ("2", "4", "7")
"""The two subtrees of Topology 4; Node 1 is the root of the left one."""

NODES = ("0", *LEFT, *RIGHT)

RATES = (0.3, 10.0)
"""R_01 in Gbit/s, from and to."""

SPEEDS = (0.022, 21.0)
"""f_1 in GHz, from and to."""

POINTS, QUICK_POINTS = 25, 6

VISIBLE = 0.01
"""Least share of the task that can be seen as a load in a picture."""

ROUNDING = 1e-9

LOOKS = {
    "0": Look("0 (master)", BLACK, "", "-"),
    "1": Look("1", BLUE, "", "-"),
    "3": Look("3 (below 1)", SKY, "", "-"),
    "5": Look("5 (below 3)", GREEN, "", "-"),
    "6": Look("6 (below 3)", PURPLE, "", "-"),
    "2": Look("2", VERMILION, "", "--"),
    "4": Look("4 (below 2)", ORANGE, "", "--"),
    "7": Look("7 (below 4)", GREY, "", "--"),
}
"""Full lines for the left subtree, dashed ones for the right one."""


def with_rate(instance: AllocationInstance, gbps: float) -> AllocationInstance:
    """Return the network with another rate from the master to Node 1."""
    ends = (instance.master, NODE)
    links = tuple(
        link.model_copy(update={"gbps": gbps})
        if (link.source, link.target) == ends
        else link
        for link in instance.links
    )
    return instance.model_copy(update={"links": links})


def with_speed(instance: AllocationInstance, ghz: float) -> AllocationInstance:
    """Return the network with another speed of Node 1."""
    servers = tuple(
        server.model_copy(update={"ghz": ghz}) if server.id == NODE else server
        for server in instance.servers
    )
    return instance.model_copy(update={"servers": servers})


def without_left(instance: AllocationInstance) -> AllocationInstance:
    """Return the network without Node 1 and all nodes below it."""
    servers = tuple(server for server in instance.servers if server.id not in LEFT)
    links = tuple(link for link in instance.links if link.target not in LEFT)
    return instance.model_copy(update={"servers": servers, "links": links})


def least_rate(instance: AllocationInstance) -> float:
    """Return R_01 = w2 e_0 / a_0 in Gbit/s, below which the master should send nothing.

    a_0 = w1 b/f_0 + w2 γ_0 b f_0² is the master's cost of a Gbit that it keeps.
    """
    master = next(s for s in instance.servers if s.id == instance.master)
    work = instance.task.gcycles_per_gbit
    weights = instance.weights
    kept = weights.time * work / master.ghz
    kept += weights.energy * master.capacitance * work * master.ghz**2
    return weights.energy * master.tx_watt / kept


def loads(context: Context, instance: AllocationInstance) -> dict[str, float]:
    """Return PMO's loads as shares of the task, its cost and the best bound."""
    result = runs.solved(context, instance, "pmo")
    best = runs.optimum(context, instance)
    solution = cast(AllocationSolution, result.solution)
    size = instance.task.size_gbit
    shares = {name: solution.load_gbit.get(name, 0.0) / size for name in NODES}
    assert result.objective is not None, "a verified result has an objective"
    return {**shares, "cost": result.objective, "bound": best.bound}


def sweep(context: Context, quantity: str) -> Measurements:
    """Solve Topology 4 for a range of one quantity: ``rate`` or ``speed``."""
    ends, change = {
        "rate": (RATES, with_rate),
        "speed": (SPEEDS, with_speed),
    }[quantity]
    points = QUICK_POINTS if context.quick else POINTS
    measurements = []
    for repetition in context.draws(f"{quantity}, network"):
        network = topology(context, NETWORK, repetition)
        for value in np.geomspace(*ends, points).tolist():
            values = loads(context, change(network, value))
            measurements.append(Measurement(value, "pmo", repetition, values))
    return Measurements(measurements)


def thresholds(context: Context) -> Measurements:
    """Solve each network just below and just above its least rate, and without Node 1."""
    measurements = []
    for repetition in range(context.repetitions):
        network = topology(context, NETWORK, repetition)
        rate = least_rate(network)
        for name, instance in (
            ("below", with_rate(network, 0.999 * rate)),
            ("above", with_rate(network, 1.001 * rate)),
            ("without", without_left(network)),
        ):
            values = {**loads(context, instance), "rate": rate}
            measurements.append(Measurement(name, "pmo", repetition, values))
    return Measurements(measurements)


def _columns(data: Measurements, names: Iterable[str]) -> Floats:
    """Return loads by setting, network and node, shape (P, K, n)."""
    return np.array(
        [
            np.stack([data.of(name, s, "pmo") for name in names], axis=-1)
            for s in data.settings
        ]
    )


def first_visible(data: Measurements, node: str) -> Floats:
    """Return the first setting at which a node's load is visible, by network, (K,)."""
    visible = _columns(data, [node])[..., 0] >= VISIBLE
    settings = np.array([float(s) for s in data.settings])
    return np.where(visible.any(axis=0), settings[visible.argmax(axis=0)], np.inf)


def claims(
    rates: Measurements, speeds: Measurements, edges: Measurements
) -> tuple[Claim, ...]:
    """Judge what the text says about Fig. 12.

    Parameters
    ----------
    rates, speeds
        The sweeps of Fig. 12a and 12b.
    edges
        Runs around the least useful rate; see :func:`thresholds`.
    """
    return (
        _slow_link(rates, edges),
        _rising(rates),
        _stages(rates, edges),
        _right_subtree(rates),
        _prunable(edges),
        _slow_node(speeds),
        _others_fall(speeds),
    )


def _slow_link(rates: Measurements, edges: Measurements) -> Claim:
    below = _columns(edges, LEFT)[edges.settings.index("below")]
    above = _columns(edges, LEFT)[edges.settings.index("above")]
    nothing = Share.that(np.all(below <= ROUNDING, axis=1))
    something = Share.that(above[:, 0] > ROUNDING)
    rate = mean(edges.of("rate", "below", "pmo"))
    first = Share.that(np.all(_columns(rates, LEFT)[0] <= ROUNDING, axis=1))
    return Claim(
        "Over a slow link, Node 1 and all nodes below it get nothing.",
        "Fig. 12a: for small R_01 communication is the bottleneck.",
        f"0.1 % below R_01 = w2 e_0 / a_0 they get nothing in {nothing} networks, 0.1 %"
        f" above it Node 1 gets something in {something}. That rate is {rate} Gbit/s, so"
        f" at {rates.settings[0]:.2g} Gbit/s nothing is sent in {first}.",
        judge_shares([nothing, something]),
        "Below that rate, the energy for sending a Gbit costs the master more than"
        " keeping the Gbit; waiting is not the reason.",
    )


def _rising(rates: Measurements) -> Claim:
    node = _columns(rates, [NODE])[..., 0]
    rising = Share.that(np.all(np.diff(node, axis=0) >= -ROUNDING, axis=0))
    return Claim(
        "The faster the link, the more load Node 1 gets.",
        "Fig. 12a: more workload is offloaded to Node 1 as R_01 increases.",
        f"Never less at a faster link in {rising} networks; on average"
        f" {100 * node[0].mean():.2g} % of the task at {rates.settings[0]:.2g} Gbit/s and"
        f" {100 * node[-1].mean():.3g} % at {rates.settings[-1]:.2g}.",
        judge_shares([rising]),
        "It gets its load sooner; at the fast end a faster child can take over some of"
        " it.",
    )


def _stages(rates: Measurements, edges: Measurements) -> Claim:
    above = _columns(edges, LEFT)[edges.settings.index("above")]
    together = Share.that(np.all(above > 0.0, axis=1))
    visible_from = [first_visible(rates, node) for node in ("1", "3", "5", "6")]
    staged = Share.that(
        (visible_from[0] <= visible_from[1])
        & (visible_from[1] <= np.minimum(visible_from[2], visible_from[3]))
        & (visible_from[0] < np.minimum(visible_from[2], visible_from[3]))
    )
    verdict = combined(
        [
            Verdict.FAILS if together.value >= 0.5 else Verdict.HOLDS,
            judge_shares([staged]),
        ]
    )
    medians = ", ".join(
        f"Node {node}: {np.median(rates_of_node):.2g}"
        for node, rates_of_node in zip(("1", "3", "5", "6"), visible_from, strict=True)
    )
    return Claim(
        "Past further thresholds of the link's rate Node 1's child, then its"
        " grandchildren, get work.",
        "Fig. 12a: once R_01 exceeds certain thresholds, children and even grandchildren"
        " are used.",
        f"Just above the first threshold all four have load in {together} networks. The"
        f" rate from which each gets {100 * VISIBLE:.0f} % of the task, median in Gbit/s:"
        f" {medians}; in the order of the levels in {staged}.",
        verdict,
        "There is one threshold for the whole subtree; at the others, loads that"
        " existed before become large enough to be seen.",
    )


def _right_subtree(rates: Measurements) -> Claim:
    right = _columns(rates, RIGHT)
    falling = Share.that(np.all(np.diff(right, axis=0) <= ROUNDING, axis=(0, 2)))
    lost = mean(1.0 - right[-1].sum(axis=1) / right[0].sum(axis=1))
    return Claim(
        "The right subtree then gets less.",
        "Fig. 12a: nodes in the right subtree receive fewer tasks.",
        f"No server of it ever gains in {falling} networks; from slowest to fastest link it"
        f" loses {lost.percent()} of its load.",
        judge_shares([falling]),
        "As the common cost gets lower, each server of the right subtree reaches it"
        " with less load.",
    )


def _prunable(edges: Measurements) -> Claim:
    cost, bound = (edges.of(name, "below", "pmo") for name in ("cost", "bound"))
    without = edges.of("cost", "without", "pmo")
    same = Share.that(np.abs(cost - without) <= 1e-9 * without)
    proven = Share.that(cost <= bound * (1.0 + 1e-6))
    return Claim(
        "A node behind a link that is too slow can be left out beforehand, with all"
        " nodes below it.",
        "Sec. VII-E: suggested before running CMO or PMO.",
        "Just below the threshold the cost is that of the network without the left subtree"
        f" in {same} networks, and proven optimal in {proven}.",
        judge_shares([same, proven]),
        "The test is a formula: leave out a subtree if w2 e_0 / R_0t ≥ a_0.",
    )


def _slow_node(speeds: Measurements) -> Claim:
    node = _columns(speeds, [NODE])[..., 0]
    idle = Share.that(node[0] <= ROUNDING)
    visible_from = first_visible(speeds, NODE)
    return Claim(
        "Node 1 gets work only once its speed exceeds a threshold.",
        "Fig. 12b: the master starts to offload to it above a certain computing power.",
        f"At {speeds.settings[0]:.2g} GHz it has no load in {idle} networks; its mean load"
        f" there is {100 * node[0].mean():.2g} % of the task, and it reaches"
        f" {100 * VISIBLE:.0f} % at {np.median(visible_from):.2g} GHz (median).",
        judge_shares([idle]),
        "Even a slow server can finish a small load as early as the others finish"
        " theirs: the apparent threshold is due to the resolution of the picture.",
    )


def _others_fall(speeds: Measurements) -> Claim:
    node = _columns(speeds, [NODE])[..., 0]
    others = _columns(speeds, [name for name in NODES if name != NODE])
    gain, change = np.diff(node, axis=0), np.diff(others, axis=0)
    opposite = change * np.sign(gain)[..., None] <= ROUNDING
    share = Share.that(np.all(opposite, axis=(0, 2)))
    settings = np.array([float(s) for s in speeds.settings])
    peak = settings[node.argmax(axis=0)]
    return Claim(
        "As Node 1 takes more, all others take less at the same time.",
        "Fig. 12b: the loads of all other nodes decrease simultaneously.",
        f"At every step every other load goes the other way than Node 1's in {share}"
        f" networks. Node 1's load is largest at {np.median(peak):.3g} GHz (median of the"
        f" places tried) and falls again to {speeds.settings[-1]:.3g} GHz.",
        judge_shares([share]),
        "All servers finish at the same cost, which falls as Node 1 gets faster, and rises"
        " again past (w1 / (2 w2 γ))^(1/3) = 7.9 GHz, where its energy outweighs its time.",
    )


def run(context: Context) -> Findings:
    """Reproduce Fig. 12."""
    rates, speeds = sweep(context, "rate"), sweep(context, "speed")
    edges = thresholds(context)
    # The pictures show one network: the first whose threshold lies within their range.
    least = edges.of("rate", "below", "pmo")
    inside = np.flatnonzero((least > 1.1 * RATES[0]) & (least < RATES[1]))
    shown = int(inside[0]) if len(inside) else 0
    return Findings(
        claims=claims(rates, speeds, edges),
        parameters={
            **PARAMETERS,
            "networks": f"Topology 4, {context.repetitions} draws of speeds and rates;"
            f" R_01 from {RATES[0]:g} to {RATES[1]:g} Gbit/s, f_1 from {SPEEDS[0]:g} to"
            f" {SPEEDS[1]:g} GHz, {len(rates.settings)} places each",
            "solver": "PMO, proven optimal in every run",
        },
        tables={
            "fig-12a": _table(
                rates, shown, "Fig. 12a: loads by R_01", "R_01", "Gbit/s"
            ),
            "fig-12b": _table(speeds, shown, "Fig. 12b: loads by f_1", "f_1", "GHz"),
        },
        data={
            "fig-12a-runs": _every_run(rates, "Fig. 12a", "R_01", "Gbit/s"),
            "fig-12b-runs": _every_run(speeds, "Fig. 12b", "f_1", "GHz"),
        },
        pictures=(
            Picture(
                "fig-12a",
                "(a) Optimal loads on Topology 4 by the rate R_01 of the link to Node 1, in"
                f" one of the networks (draw {shown}): full lines for the subtree of Node"
                " 1, broken ones for that of Node 2; grey: the rate below which Node 1 and"
                " all below it get nothing.",
                partial(_draw, rates, shown, "rate", float(least[shown])),
            ),
            Picture(
                "fig-12b",
                "(b) Optimal loads on the same network by the speed f_1 of Node 1; grey:"
                " the speed at which a Gbit costs it least.",
                partial(_draw, speeds, shown, "speed", 500.0 ** (1.0 / 3.0)),
            ),
        ),
        notes=(UNITS_NOTE,),
    )


_COLUMNS = {name: Column(f"y_{name}", "share", "right") for name in NODES} | {
    "cost": Column("cost", align="right")
}


def _table(
    data: Measurements, shown: int, title: str, quantity: str, unit: str
) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (float(run.setting), *(run.values[name] for name in _COLUMNS))
        for run in data
        if run.repetition == shown
    ]
    columns = (Column(quantity, unit, "right"), *_COLUMNS.values())
    return Table(f"{title}, draw {shown}", columns, rows)


def _every_run(data: Measurements, figure: str, quantity: str, unit: str) -> Table:
    return data.table(f"{figure}, every run", Column(quantity, unit), _COLUMNS)


def _draw(data: Measurements, shown: int, quantity: str, mark: float) -> Figure:
    title, horizontal = {
        "rate": ("(a) Loads by the rate of the link to Node 1", "R_01 (Gbit/s)"),
        "speed": ("(b) Loads by the speed of Node 1", "f_1 (GHz)"),
    }[quantity]
    figure, panel = axes(title, horizontal, "load (share of the task)", height=4.2)
    settings = [float(setting) for setting in data.settings]
    series = {}
    for name in NODES:
        values = [data.of(name, s, "pmo")[shown] for s in data.settings]
        series[name] = (LOOKS[name], [(value, value, value) for value in values])
    lines(panel, settings, series)
    panel.set_xlim(settings[0], settings[-1])
    plain_log(panel, axis="x")
    panel.set_ylim(bottom=0.0)
    panel.axvline(mark, color=PALE, lw=1.2, zorder=0)
    label_ends(panel)
    return figure
