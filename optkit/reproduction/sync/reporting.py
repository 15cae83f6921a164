"""Table I: samples of reporting strategies, and errors of the loads rebuilt from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.display.tables import Cell, Column, Table
from optkit.plotting.charts import WIDTH
from optkit.plotting.palette import BLUE, SOFT, VERMILION
from optkit.reproduction.engine import Claim, Context, Findings, Picture, Verdict
from optkit.reproduction.engine.measurements import Measurement, Measurements
from optkit.reproduction.engine.statistics import Estimate, mean, ratio
from optkit.reproduction.sync.published import FEWER, LESS_ERROR, TABLE_1
from optkit.reproduction.sync.series import bursty, recorded_usage
from optkit.reproduction.sync.tuning import Options, reports, tuned
from optkit.sync.data.network import MeshOptions, document
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.reconstruction import Method, reconstruct, reconstruction_mse

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DEVICES, SLOTS, PERIOD = 5, 300, 4
"""The paper's five devices, and slots and a period that agree with its 75.7 reports."""

LONGEST_GAP = 12
"""Largest number of slots between reports under the default limit on ages."""

TRAINING, QUICK_TRAINING = 40, 6
"""Number of windows on which options are chosen."""

BURSTY, ALIBABA = "bursty, drawn", "Alibaba, recorded"
METHODS: tuple[Method, ...] = ("pchip", "cubic")

INDEX = "budgeted-index"


@dataclass(frozen=True)
class Strategy:
    """A row of the table: its label, the policy and its options."""

    label: str
    policy: str
    options: Options


@dataclass(frozen=True)
class Study:
    """The measurements, and the strategies behind them.

    Parameters
    ----------
    data
        The runs; a setting is a source of loads and an interpolation.
    strategies
        The rows of each setting.
    missing
        Why there are no recorded loads; empty if there are.
    example
        Loads of the first repetition, by source.
    """

    data: Measurements
    strategies: Mapping[str, list[Strategy]]
    missing: str
    example: Mapping[str, list[Floats]]


def study(context: Context) -> Study:
    """Choose options on training windows, and score them on others."""
    measurements: list[Measurement] = []
    rows: dict[str, list[Strategy]] = {}
    example: dict[str, list[Floats]] = {}
    pools, missing = _pools(context)
    for source, (training, scored) in pools.items():
        for method in METHODS:
            setting = f"{source}; {method}"
            rows[setting] = _strategies(training, method)
            for repetition in range(context.repetitions):
                context.progress(
                    f"{setting}, draw {repetition + 1} of {context.repetitions}", None
                )
                loads = _drawn(context, source, scored, repetition)
                example.setdefault(source, loads)
                instance = _instance(loads, method)
                for row in rows[setting]:
                    metrics = context.solve(
                        instance,
                        f"{row.policy}+on-arrival",
                        options={f"reporting.{k}": v for k, v in row.options.items()},
                    ).metrics
                    values = {
                        "reports": metrics["reports_per_device"],
                        "mse": metrics["reconstruction_mse"],
                    }
                    measurements.append(
                        Measurement(setting, row.label, repetition, values)
                    )
    return Study(Measurements(measurements), rows, missing, example)


Pools = dict[str, tuple[list[Floats], list[Floats]]]


def _pools(context: Context) -> tuple[Pools, str]:
    """Return windows for training and for scoring, by source."""
    count = QUICK_TRAINING if context.quick else TRAINING
    rngs = [context.rng("sync", "bursty", half) for half in ("training", "scored")]
    pools: Pools = {
        BURSTY: (
            bursty(count, SLOTS, rngs[0]),
            bursty(DEVICES * context.repetitions, SLOTS, rngs[1]),
        )
    }
    usage = recorded_usage(SLOTS)
    if isinstance(usage, str):
        return pools, usage
    training, scored = usage
    chosen = np.unique(np.linspace(0, len(training) - 1, count).astype(int))
    pools[ALIBABA] = ([training[index] for index in chosen], scored)
    return pools, ""


def _drawn(
    context: Context, source: str, scored: list[Floats], repetition: int
) -> list[Floats]:
    """Return the loads of one repetition: its own windows, or some drawn from all."""
    if source == BURSTY:
        return scored[DEVICES * repetition : DEVICES * (repetition + 1)]
    rng = context.rng("sync", "windows", repetition)
    return [scored[index] for index in rng.choice(len(scored), DEVICES, replace=False)]


def _strategies(training: list[Floats], method: Method) -> list[Strategy]:
    budget = float(np.ceil(SLOTS / PERIOD))
    rows = [Strategy("periodic", "periodic", {"period": PERIOD})]
    for label, policy, allowed in (
        ("threshold", "threshold", budget),
        ("gradient", "gradient", budget * (1.0 - FEWER)),
        ("gradient, as many", "gradient", budget),
        ("shared-index, fewer", "shared-index", budget * (1.0 - FEWER)),
        ("shared-index", "shared-index", budget),
    ):
        options = tuned(policy, training, allowed, LONGEST_GAP, method)
        if options is not None:
            rows.append(Strategy(label, policy, options))
    rows.append(Strategy(f"{INDEX}, fewer", INDEX, {"period": PERIOD / (1.0 - FEWER)}))
    rows.append(Strategy(INDEX, INDEX, {"period": float(PERIOD)}))
    return rows


def _instance(loads: list[Floats], method: Method) -> SyncInstance:
    content = document(
        MeshOptions(devices=DEVICES, slots=SLOTS, reconstruction=method),
        {f"d{n}": load.tolist() for n, load in enumerate(loads)},
        60.0,
        seed=0,
        name="table-1",
        provenance="optkit reproduce sync/table-1",
    )
    return SyncInstance.parse(content, "table-1")


def claims(data: Measurements, missing: str) -> tuple[Claim, ...]:
    """Judge what the paper says about Table I, and a claim of ours.

    Parameters
    ----------
    data
        The runs.
    missing
        Why there are no recorded loads; empty if there are.
    """
    settings = [str(setting) for setting in data.settings]
    note = f" {missing}" if missing else ""
    return (
        _compared(
            data,
            settings,
            ("gradient", "periodic"),
            1.0 - LESS_ERROR / 2.0,
            "With a fifth fewer samples, the gradient strategy has an error about a third"
            " below that of periodic reports.",
            f"Table I: {100 * FEWER:.1f} % fewer samples,"
            f" {100 * LESS_ERROR:.1f} % less error.",
            "Judged by half the saving. The slope of noise says little about the"
            " future, so on recorded loads samples are taken where they tell least."
            + note,
        ),
        _compared(
            data,
            settings,
            ("gradient", "threshold"),
            1.0,
            "With a fifth fewer samples, the gradient strategy has less error than the"
            " threshold.",
            f"Table I: {TABLE_1['gradient'][1]:.1f} against"
            f" {TABLE_1['threshold'][1]:.1f}.",
            "A threshold reports jumps at once, but also spikes; around a reported"
            " spike both neighbouring pieces of the curve are wrong." + note,
        ),
        _compared(
            data,
            settings,
            (INDEX, "periodic"),
            1.0,
            f"(Ours) {INDEX} has less error than periodic reports, never with more"
            " samples.",
            "Not in the paper.",
            "Its weights were found on training machines of four traces, with PCHIP."
            + note,
        ),
    )


def _compared(
    data: Measurements,
    settings: list[str],
    pair: tuple[str, str],
    threshold: float,
    statement: str,
    paper: str,
    reason: str,
) -> Claim:
    """Judge whether a strategy's error is below a share of its rival's."""
    strategy, rival = pair
    measured = {(str(run.setting), run.method) for run in data}
    ratios = {
        setting: ratio(
            data.of("mse", setting, strategy), data.of("mse", setting, rival)
        )
        for setting in settings
        if {(setting, strategy), (setting, rival)} <= measured
    }
    words = "; ".join(
        f"{setting}: {estimate} of the error with"
        f" {_share(data, setting, strategy, rival)} of the reports"
        for setting, estimate in ratios.items()
    )
    return Claim(statement, paper, f"{words}.", _verdict(ratios, threshold), reason)


def _share(data: Measurements, setting: str, strategy: str, rival: str) -> str:
    share = data.of("reports", setting, strategy) / data.of("reports", setting, rival)
    return f"{100 * float(share.mean()):.0f} %"


def _verdict(ratios: Mapping[str, Estimate], threshold: float) -> Verdict:
    """Return whether ratios are below a threshold, each with its whole interval."""
    if not ratios:
        return Verdict.UNTESTED
    surely = [estimate.high < threshold for estimate in ratios.values()]
    if all(surely):
        return Verdict.HOLDS
    return Verdict.IN_PART if any(surely) else Verdict.FAILS


def run(context: Context) -> Findings:
    """Reproduce Table I and Fig. 2."""
    compared = study(context)
    chosen = "; ".join(
        f"{setting}, {row.label}: "
        + ", ".join(f"{key} {value:.4g}" for key, value in row.options.items())
        for setting, rows in compared.strategies.items()
        for row in rows
    )
    return Findings(
        claims=claims(compared.data, compared.missing),
        parameters={
            "draws": f"{context.repetitions} of {DEVICES} devices, {SLOTS} slots",
            "options, chosen on training windows": chosen,
        },
        tables={"table-1": _table(compared)},
        data={
            "runs": compared.data.table(
                "Every draw",
                Column("loads and curve"),
                {
                    "reports": Column("reports of a device", align="right"),
                    "mse": Column("squared error", "%²", "right"),
                },
            )
        },
        pictures=tuple(
            Picture(
                f"fig-2-{source.split(',')[0].lower()}",
                f"One device, {source}: load, reports, and the curve (PCHIP) through"
                " them.",
                partial(_draw, compared, source),
            )
            for source in compared.example
        ),
        notes=(
            "The paper gives neither the strategies' parameters nor the windows."
            " Options are the best of many on training windows, with as many reports"
            " as in the table; scores come from other machines, or other draws.",
            "Recorded samples are irregular, a minute or so apart; between them the load is"
            " interpolated linearly to slots of 60 s.",
        ),
    )


def _table(compared: Study) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for setting in compared.data.settings:
        for row in compared.strategies[str(setting)]:
            sent = mean(compared.data.of("reports", setting, row.label))
            error = mean(compared.data.of("mse", setting, row.label))
            printed = TABLE_1.get(row.label)
            rows.append(
                (
                    str(setting),
                    row.label,
                    str(sent),
                    str(error),
                    *(printed if printed else (None, None)),
                )
            )
    columns = (
        Column("loads and curve"),
        Column("strategy"),
        Column("reports", align="right"),
        Column("squared error", "%²", "right"),
        Column("reports, printed", align="right"),
        Column("error, printed", "%²", "right"),
    )
    return Table("Table I: mean of the draws with its 95 % interval", columns, rows)


def _draw(compared: Study, source: str) -> Figure:
    from matplotlib.figure import Figure

    load = compared.example[source][0]
    rows = [
        row
        for row in compared.strategies[f"{source}; pchip"]
        if row.label in ("periodic", "threshold", "gradient", INDEX)
    ]
    figure = Figure(figsize=(WIDTH, 1.7 * len(rows)), layout="constrained")
    panels = figure.subplots(len(rows), 1, sharex=True, squeeze=False)[:, 0]
    for panel, row in zip(panels, rows, strict=True):
        slots = reports(row.policy, row.options, load, LONGEST_GAP)
        error = reconstruction_mse("pchip", load, slots)
        panel.plot(load, color=SOFT, lw=0.8, label="load")
        panel.plot(
            reconstruct("pchip", load, slots), color=BLUE, lw=0.9, label="redrawn"
        )
        panel.plot(
            slots, load[slots], "o", color=VERMILION, markersize=1.8, label="report"
        )
        panel.set_title(f"{row.label}: {len(slots)} reports, MSE {error:.3g} %²")
        panel.set_ylabel("load, %")
    panels[-1].set_xlabel("slot")
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3
    )
    return figure
