"""Figure 3: learning curves of MAPPO and MAA2C, and notification policies compared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from optkit.core.display.tables import Cell, Column, Table
from optkit.plotting.charts import (
    OPTIMUM,
    WIDTH,
    Look,
    axes,
    horizontal_bars,
    legend_above,
    lines,
)
from optkit.plotting.palette import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
)
from optkit.reproduction.engine import Context, Findings, Picture
from optkit.reproduction.engine.statistics import mean
from optkit.reproduction.sync import notification_study
from optkit.reproduction.sync.notification_claims import claims, gap, untested
from optkit.reproduction.sync.notification_study import (
    CLAIRVOYANT,
    FULL,
    LEARNED,
    QUICK,
    RENT,
    RULES,
    Pools,
    Study,
)
from optkit.reproduction.sync.reporting import ALIBABA, BURSTY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOOKS = {
    "mappo": Look("MAPPO", BLUE, "o"),
    "maa2c": Look("MAA2C", VERMILION, "s", "--"),
    "periodic": Look("periodic", GREEN, "^"),
    "threshold": Look("threshold", ORANGE, "v"),
    "random": Look("random", PURPLE, "D"),
    RENT: Look("rent-or-buy", SKY, "P"),
    CLAIRVOYANT: Look("clairvoyant", BLACK, "", OPTIMUM.line),
}

QUANTITIES = {
    "reward": Column("reward (19)", align="right"),
    "age": Column("age", "slots", "right"),
    "error": Column("error", "%", "right"),
    "cost": Column("cost (13)", align="right"),
    "objective": Column("objective (14)", align="right"),
}

NOTES = (
    "The picture is lost in the source at hand; only what the text says about it can"
    " be tested. A reward is the sum of (19) over an instance's slots, averaged over"
    " the repetition's scored instances. It is negative, so higher means nearer to 0.",
    "Devices report in every slot, which makes the choice of notifications hardest;"
    " the paper does not describe the input of its notification module. Each"
    " repetition has its own network, training loads, training seed and scored loads;"
    " training windows and scored windows never overlap. Learning rates are for each"
    " method the best of several on another instance, and fall to 0 over the updates.",
    "The clairvoyant has the least objective (14) for these reports, with every load"
    " known. It is shown for comparison; it is not a bound on the reward, which has a"
    " tanh that the objective does not have.",
)

TRACE_NOTE = (
    "Training windows come from the machines at even positions of the trace, scored"
    " windows from those at odd positions. All repetitions draw from the same"
    " machines, so intervals apply to draws and training seeds, not to other"
    " machines."
)


def run(context: Context) -> Findings:
    """Reproduce Fig. 3 on drawn bursts."""
    why = notification_study.missing(context.quick)
    if why:
        return _nothing(context, why)
    pools = notification_study.drawn(context, QUICK if context.quick else FULL)
    return _findings(context, pools, BURSTY)


def run_on_trace(context: Context) -> Findings:
    """Reproduce Fig. 3 on Alibaba's machines, or say why that is impossible."""
    pools = notification_study.recorded(QUICK if context.quick else FULL)
    why = pools if isinstance(pools, str) else notification_study.missing(context.quick)
    if why or isinstance(pools, str):
        return _nothing(context, why)
    return _findings(context, pools, ALIBABA, (TRACE_NOTE,))


def _nothing(context: Context, why: str) -> Findings:
    return Findings(claims=untested(why), parameters=_parameters(context))


def _parameters(context: Context) -> dict[str, str]:
    size = QUICK if context.quick else FULL
    rates = ", ".join(
        f"{name} {rate:g}" for name, rate in notification_study.RATES.items()
    )
    return {
        "repetitions": f"{context.repetitions}, each with a training seed and a network",
        "network": "5 routers, each with a device and linked with each; defaults of"
        " `optkit generate sync`",
        "training": "none: a quick run takes the policies that ship, and their curves"
        if context.quick
        else f"{size.updates} updates of {size.episodes} episodes of {size.slots} slots,"
        f" reward (19), an actor for each router that sees (17); rates: {rates}",
        "scored": f"{notification_study.SCORED_INSTANCES} instances of {size.slots} slots a"
        " repetition",
    }


def _findings(
    context: Context, pools: Pools, source: str, notes: tuple[str, ...] = ()
) -> Findings:
    study = notification_study.study(context, pools, source)
    tuned = "; ".join(
        f"{name} " + ", ".join(f"{key} {value:.3g}" for key, value in options.items())
        for name, options in study.tuned.items()
    )
    return Findings(
        claims=claims(study),
        parameters={**_parameters(context), "rules, tuned on training loads": tuned},
        tables={"fig-3": _table(study, source)},
        data={
            "fig-3-runs": study.data.table(
                "Every repetition", Column("loads"), QUANTITIES
            ),
            "fig-3-curves": _curves_table(study),
        },
        pictures=(
            Picture(
                "fig-3-training",
                f"Return on validation while training, {source}: mean of the repetitions"
                " with its 95 % interval.",
                partial(_curves, study),
            ),
            Picture(
                "fig-3-policies",
                f"Reward (19), age, error and cost of each policy, {source}: mean of the"
                " repetitions with its 95 % interval. The line is the clairvoyant of"
                " least objective (14).",
                partial(_bars, study),
            ),
        ),
        notes=(*NOTES, *notes),
    )


def _table(study: Study, source: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name in study.data.methods:
        columns = [study.data.of(q, source, name) for q in QUANTITIES]
        reward = mean(columns[0])
        rows.append(
            (
                LOOKS[name].label,
                round(reward.value, 2),
                f"{reward.low:.4g} to {reward.high:.4g}",
                *(round(float(column.mean()), 4) for column in columns[1:]),
                round(100.0 * gap(study, name).value, 2),
            )
        )
    return Table(
        f"Fig. 3, {source}: means of the repetitions",
        (
            Column("policy"),
            QUANTITIES["reward"],
            Column("95 % interval"),
            *list(QUANTITIES.values())[1:],
            Column("above the optimum", "%", "right"),
        ),
        rows,
    )


def _curves_table(study: Study) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (name, repetition, update, float(value))
        for name, curves in study.curves.items()
        for repetition, curve in enumerate(curves)
        for update, value in zip(study.updates, curve, strict=True)
    ]
    columns = (
        Column("method"),
        Column("repetition", align="right"),
        Column("update", align="right"),
        Column("return on validation (19)", align="right"),
    )
    return Table("Learning curves", columns, rows)


def _curves(study: Study) -> Figure:
    figure, panel = axes("Training", "update", "return on validation (19)")
    series = {}
    for name in LEARNED:
        series[name] = (LOOKS[name], [mean(column) for column in study.curves[name].T])
    lines(panel, [float(update) for update in study.updates], series)
    legend_above(panel, 2)
    return figure


def _bars(study: Study) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, 6.4), layout="constrained")
    source = study.data.settings[0]
    names = (*LEARNED, *RULES, RENT)
    shown = [name for name in QUANTITIES if name != "objective"]
    panels = figure.subplots(len(shown), 1)
    for panel, quantity in zip(panels, shown, strict=True):
        means = [mean(study.data.of(quantity, source, name)) for name in names]
        labels = [LOOKS[name].label for name in names]
        horizontal_bars(panel, labels, means, [LOOKS[name].colour for name in names])
        level = float(study.data.of(quantity, source, CLAIRVOYANT).mean())
        look = LOOKS[CLAIRVOYANT]
        panel.axvline(level, color=look.colour, ls=look.line, label=look.label)
        panel.set_title(QUANTITIES[quantity].heading)
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=1
    )
    return figure
