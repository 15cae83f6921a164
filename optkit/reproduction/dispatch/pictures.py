"""Pictures of the dispatch paper's figures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optkit.plotting.charts import (
    HEIGHT,
    WIDTH,
    axes,
    horizontal_bars,
    legend_above,
    lines,
    plain_log,
)
from optkit.plotting.palette import PALE
from optkit.reproduction.dispatch.compare import change
from optkit.reproduction.dispatch.runs import (
    BOUNDS,
    CLAIRVOYANT,
    LOOKS,
    QUANTITIES,
    REFERENCES,
    Study,
)
from optkit.reproduction.engine import Picture
from optkit.reproduction.engine.measurements import Setting
from optkit.reproduction.engine.statistics import Estimate, mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from optkit.plotting.charts import Look

SHOWN: dict[str, Look] = {**LOOKS, CLAIRVOYANT: REFERENCES[CLAIRVOYANT]}
"""The methods in every picture."""


def bars(study: Study, setting: Setting, quantity: str, title: str) -> Figure:
    """Draw one bar per policy with its value, and the bounds of the cost as lines."""
    figure, panel = axes(title, QUANTITIES[quantity].heading, "", height=3.0)
    names = [name for name in study.data.methods if name not in BOUNDS]
    means = [mean(study.data.of(quantity, setting, name)) for name in names]
    labels = [{**LOOKS, **REFERENCES}[name].label for name in names]
    horizontal_bars(panel, labels, means, [_fill(name) for name in names])
    widest = max(estimate.high for estimate in means) or 1.0
    for row, (value, _, high) in enumerate(means):
        panel.text(high + 0.02 * widest, row, f"{value:.3g}", va="center")
    if not any(estimate.value for estimate in means):
        panel.text(0.5, 0.5, "nothing", transform=panel.transAxes, ha="center")
    if quantity == "cost":
        for name in BOUNDS:
            bound = float(study.data.of("cost", setting, name).mean())
            look = REFERENCES[name]
            panel.axvline(bound, color=look.colour, ls=look.line, label=look.label)
    panel.set_xlim(0.0, 1.15 * widest)
    return figure


def _fill(name: str) -> str:
    """Return the colour of a bar: that of the policy, or pale for references."""
    return LOOKS[name].colour if name in LOOKS else PALE


def realisation(study: Study, setting: Setting) -> Figure:
    """Draw the jobs in the system over the intervals of the first sample path."""
    figure, panel = axes("One sample path", "broadcast interval", "jobs in the system")
    for name, look in SHOWN.items():
        jobs = study.series[setting, name][0]
        panel.plot(
            np.arange(1, len(jobs) + 1),
            jobs,
            color=look.colour,
            ls=look.line,
            label=look.label,
        )
    panel.set_ylim(bottom=0.0)
    legend_above(panel, 3)
    return figure


def distributions(study: Study, at: Callable[[Setting], str]) -> Figure:
    """Draw the distribution function of the jobs in the system, one panel per latency."""
    from matplotlib.figure import Figure

    settings = study.data.settings
    rows = -(-len(settings) // 2)
    figure = Figure(figsize=(WIDTH, 0.7 * HEIGHT * rows + 0.7), layout="constrained")
    panels = figure.subplots(rows, 2, sharex=True, sharey=True, squeeze=False)
    every = [study.series[setting, name] for setting in settings for name in SHOWN]
    grid = np.unique(np.concatenate([jobs.ravel() for jobs in every]))
    for panel, setting in zip(panels.ravel(), settings, strict=False):
        panel.set_title(at(setting).removeprefix("at "))
        for name, look in SHOWN.items():
            share = distribution(study.series[setting, name], grid)
            panel.step(
                grid,
                share,
                where="post",
                color=look.colour,
                ls=look.line,
                label=look.label,
            )
        panel.set_ylim(0.0, 1.0)
        panel.set_xlim(max(1, grid[0]), grid[-1])
        plain_log(panel, axis="x")
    figure.supxlabel("jobs in the system", fontsize="medium")
    figure.supylabel("share of boundaries", fontsize="medium")
    _shared_legend(figure, panels[0, 0])
    return figure


def distribution(
    jobs: npt.NDArray[np.int64], grid: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return for each value of a grid the share of the numbers of jobs up to it."""
    ordered = np.sort(jobs, axis=None)
    return np.asarray(np.searchsorted(ordered, grid, side="right") / ordered.size)


def _shared_legend(figure: Figure, panel: Axes) -> None:
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=2, columnspacing=1.2)


def curves(
    study: Study, settings: npt.NDArray[np.float64], title: str, axis: str
) -> Figure:
    """Draw the mean cost of every policy, and the bounds, against the settings."""
    figure, panel = axes(title, axis, QUANTITIES["cost"].heading, height=3.9)
    for name, look in {**SHOWN, **{name: REFERENCES[name] for name in BOUNDS}}.items():
        means = [
            study.data.of("cost", setting, name).mean()
            for setting in study.data.settings
        ]
        panel.plot(
            settings,
            means,
            color=look.colour,
            marker=look.marker,
            ls=look.line,
            label=look.label,
        )
    panel.set_xticks(settings, [f"{setting:g}" for setting in settings])
    plain_log(panel)
    legend_above(panel, 2)
    return figure


def differences(
    study: Study, settings: npt.NDArray[np.float64], title: str, axis: str
) -> Figure:
    """Draw the relative difference between policies' costs and MDP's, path by path."""
    figure, panel = axes(title, axis, "cost against MDP's (%)", height=3.7)
    series = {}
    for name in ("selfish", "queue-aware", "rollout"):
        changes = [
            change(study.data, "cost", setting, name, "mdp")
            for setting in study.data.settings
        ]
        percent = [Estimate(*(100 * end for end in estimate)) for estimate in changes]
        series[name] = (LOOKS[name], percent)
    panel.axhline(0.0, color=LOOKS["mdp"].colour, label=LOOKS["mdp"].label)
    lines(panel, settings.tolist(), series)
    panel.set_xticks(settings, [f"{setting:g}" for setting in settings])
    legend_above(panel, 2)
    return figure


def by_setting(
    study: Study, name: str, title: str, axis: str, in_words: str
) -> tuple[Picture, Picture]:
    """Return the pictures of costs against the settings, and of their differences.

    Parameters
    ----------
    study
        The runs; settings are numbers.
    name
        Stem of the first picture's files.
    title, axis
        Texts above and below.
    in_words
        Name of the settings, and of the arrivals.
    """
    settings = np.array(study.data.settings, dtype=float)
    return (
        Picture(
            name,
            f"Mean cost against {in_words}, on a logarithmic axis.",
            partial(curves, study, settings, title, axis),
        ),
        Picture(
            f"{name}-differences",
            f"What policies cost more or less than MDP, in percent, against {in_words}:"
            " paired means of the sample paths with their 95 % intervals. Random is far"
            " above.",
            partial(differences, study, settings, f"{title}, against MDP", axis),
        ),
    )
