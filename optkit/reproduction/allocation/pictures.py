"""Charts that several figures of the paper share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from optkit.plotting.charts import (
    OPTIMUM,
    Look,
    axes,
    grouped_bars,
    legend_above,
    level_marks,
    lines,
    plain_log,
)
from optkit.reproduction.allocation import runs
from optkit.reproduction.engine.measurements import Measurements

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def bars(
    data: Measurements,
    methods: Sequence[str],
    quantity: str,
    title: str,
    vertical: str,
) -> Figure:
    """Draw the mean of a quantity as bars, one group per setting.

    Parameters
    ----------
    data
        The runs.
    methods
        The methods to show.
    quantity
        The quantity; for the cost the proven optimum is marked as well.
    title, vertical
        Texts above and beside the axes.
    """
    figure, panel = axes(title, "", vertical)
    series = {
        method: (runs.LOOKS[method], runs.estimates(data, quantity, method))
        for method in methods
    }
    grouped_bars(panel, [str(setting) for setting in data.settings], series)
    if quantity == "cost":
        optima = runs.estimates(data, "cost", runs.OPTIMUM)
        level_marks(panel, [optimum.value for optimum in optima], OPTIMUM)
    legend_above(panel, 3)
    return figure


def cost_curves(
    data: Measurements,
    methods: Sequence[str],
    horizontal: str,
    looks: Mapping[str, Look] = runs.LOOKS,
) -> tuple[Figure, Axes]:
    """Draw the mean cost of methods, and the proven optimum, against the settings."""
    figure, panel = axes("(a) Total cost", horizontal, "total cost J")
    series = {
        name: (looks[name], runs.estimates(data, "cost", name)) for name in methods
    }
    series[runs.OPTIMUM] = (OPTIMUM, runs.estimates(data, "cost", runs.OPTIMUM))
    lines(panel, settings_on(panel, data), series)
    panel.set_ylim(bottom=0.0)
    return figure, panel


def time_curves(
    data: Measurements,
    methods: Sequence[str],
    horizontal: str,
    with_optimum: bool = False,
) -> tuple[Figure, Axes]:
    """Draw execution times against the settings, on a logarithmic axis."""
    figure, panel = axes("(b) Execution time", horizontal, "time (ms)")
    series = {name: (runs.LOOKS[name], runs.times(data, name)) for name in methods}
    if with_optimum:
        series[runs.OPTIMUM] = (OPTIMUM, runs.times(data, runs.OPTIMUM))
    lines(panel, settings_on(panel, data), series)
    plain_log(panel)
    return figure, panel


def settings_on(panel: Axes, data: Measurements) -> list[float]:
    """Put the ticks of the horizontal axis at the settings, and return these."""
    settings = [float(setting) for setting in data.settings]
    panel.set_xticks(settings)
    return settings
