"""How the figures of the dispatch paper are drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optkit.plotting.charts import HEIGHT, WIDTH, axes, legend_above, lines, plain_log
from optkit.plotting.palette import INK, PALE
from optkit.reproduction.dispatch.compare import change
from optkit.reproduction.dispatch.runs import (
    BOUND,
    CLAIRVOYANT,
    LOOKS,
    QUANTITIES,
    REFERENCES,
    Study,
)
from optkit.reproduction.engine import Picture
from optkit.reproduction.engine.measurements import Setting as Place
from optkit.reproduction.engine.statistics import mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from optkit.plotting.charts import Look

SHOWN: dict[str, Look] = {**LOOKS, CLAIRVOYANT: REFERENCES[CLAIRVOYANT]}
"""What every picture shows."""


def bars(study: Study, place: Place, quantity: str, title: str) -> Figure:
    """Draw one bar a policy, its value beside it, and the lower bound of the cost."""
    heading = QUANTITIES[quantity].heading
    figure, panel = axes(title, heading, "", height=3.0)
    names = [name for name in study.data.methods if name != BOUND]
    looks = [{**LOOKS, **REFERENCES}[name] for name in names]
    found = [mean(study.data.of(quantity, place, name)) for name in names]
    values = [one.value for one in found]
    rows = np.arange(len(names))
    errors = [
        [one.value - one.low for one in found],
        [one.high - one.value for one in found],
    ]
    panel.barh(rows, values, 0.7, color=[_fill(name) for name in names])
    panel.errorbar(values, rows, xerr=errors, fmt="none", ecolor=INK, lw=0.9)
    widest = max(one.high for one in found) or 1.0
    for row, one in enumerate(found):
        panel.text(one.high + 0.02 * widest, row, f"{one.value:.3g}", va="center")
    if not any(values):
        panel.text(0.5, 0.5, "nothing", transform=panel.transAxes, ha="center")
    if quantity == "cost":
        bound = float(study.data.of("cost", place, BOUND).mean())
        look = REFERENCES[BOUND]
        panel.axvline(bound, color=look.colour, ls=look.line, label=look.label)
    panel.set_yticks(rows, [look.label for look in looks])
    panel.invert_yaxis()
    panel.set_xlim(0.0, 1.15 * widest)
    panel.grid(visible=False, axis="y")
    return figure


def _fill(name: str) -> str:
    """Return the colour of a policy's bar; pale for what stands beside the policies."""
    return LOOKS[name].colour if name in LOOKS else PALE


def realisation(study: Study, place: Place) -> Figure:
    """Draw the jobs in the system over the intervals of the first sample path."""
    figure, panel = axes("One sample path", "broadcast interval", "jobs in the system")
    for name, look in SHOWN.items():
        jobs = study.series[place, name][0]
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


def distributions(study: Study, at: Callable[[Place], str]) -> Figure:
    """Draw the distribution function of the jobs in the system, a panel a latency."""
    from matplotlib.figure import Figure

    places = study.data.settings
    rows = -(-len(places) // 2)
    figure = Figure(figsize=(WIDTH, 0.7 * HEIGHT * rows + 0.7), layout="constrained")
    panels = figure.subplots(rows, 2, sharex=True, sharey=True, squeeze=False)
    every = [study.series[place, name] for place in places for name in SHOWN]
    grid = np.unique(np.concatenate([one.ravel() for one in every]))
    for panel, place in zip(panels.ravel(), places, strict=False):
        panel.set_title(at(place).removeprefix("at "))
        for name, look in SHOWN.items():
            share = distribution(study.series[place, name], grid)
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
    """Return the share of all numbers of jobs that are at most those of a grid."""
    ordered = np.sort(jobs, axis=None)
    return np.asarray(np.searchsorted(ordered, grid, side="right") / ordered.size)


def _shared_legend(figure: Figure, panel: Axes) -> None:
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=2, columnspacing=1.2)


def curves(
    study: Study, places: npt.NDArray[np.float64], title: str, axis: str
) -> Figure:
    """Draw the mean cost of every policy against what is varied, and the bound."""
    figure, panel = axes(title, axis, QUANTITIES["cost"].heading, height=3.9)
    for name, look in {**SHOWN, BOUND: REFERENCES[BOUND]}.items():
        means = [
            study.data.of("cost", place, name).mean() for place in study.data.settings
        ]
        panel.plot(
            places,
            means,
            color=look.colour,
            marker=look.marker,
            ls=look.line,
            label=look.label,
        )
    panel.set_xticks(places, [f"{place:g}" for place in places])
    plain_log(panel)
    legend_above(panel, 2)
    return figure


def differences(
    study: Study, places: npt.NDArray[np.float64], title: str, axis: str
) -> Figure:
    """Draw by how much policies cost more or less than MDP, path by path."""
    figure, panel = axes(title, axis, "cost against MDP's (%)", height=3.7)
    series = {}
    for name in ("selfish", "queue-aware", "rollout"):
        found = [
            change(study.data, "cost", place, name, "mdp")
            for place in study.data.settings
        ]
        figures = [(100 * one.value, 100 * one.low, 100 * one.high) for one in found]
        series[name] = (LOOKS[name], figures)
    panel.axhline(0.0, color=LOOKS["mdp"].colour, label=LOOKS["mdp"].label)
    lines(panel, places.tolist(), series)
    panel.set_xticks(places, [f"{place:g}" for place in places])
    legend_above(panel, 2)
    return figure


def by_setting(
    study: Study, name: str, title: str, axis: str, in_words: str
) -> tuple[Picture, Picture]:
    """Return the pictures of costs against what is varied, and of their differences.

    Parameters
    ----------
    study
        The runs; settings are numbers.
    name
        Stem of the first picture's files.
    title, axis
        What stands above and below.
    in_words
        What is varied, and for which arrivals.
    """
    places = np.array(study.data.settings, dtype=float)
    return (
        Picture(
            name,
            f"Mean cost against {in_words}, on a logarithmic axis.",
            partial(curves, study, places, title, axis),
        ),
        Picture(
            f"{name}-differences",
            f"What policies cost more or less than MDP, in percent, against {in_words}:"
            " paired means of the sample paths with their 95 % intervals. Random is far"
            " above.",
            partial(differences, study, places, f"{title}, against MDP", axis),
        ),
    )
