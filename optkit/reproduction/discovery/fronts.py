"""Energy against time within one network: fronts in three readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.display.tables import Cell, Column, Table
from optkit.core.tools.pareto.front import Front
from optkit.core.tools.pareto.weights import trace
from optkit.discovery.aims import AIMS
from optkit.plotting.charts import Look, axes, legend_above
from optkit.plotting.palette import BLUE, GREEN, VERMILION
from optkit.reproduction.discovery import cycles
from optkit.reproduction.discovery.networks import network
from optkit.reproduction.engine import Context
from optkit.reproduction.engine.measurements import Measurement, Measurements
from optkit.reproduction.engine.statistics import mean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

READINGS: dict[str, dict[str, str]] = {
    "forced, every connection takes time": {},
    "optional, every connection takes time": {"connection": "optional"},
    "optional, agent mode's connections take time": {
        "connection": "optional",
        "connection_cost": "agent-mode",
    },
}
"""Readings for the fronts: that of the tables, and two in which the levels can differ."""

WINDOWS, POINTS, QUICK_POINTS = 4, 6, 3
"""Cycles per network, and the largest number of points of a front."""

RATE = cycles.RATES[-1]

LOOKS = (
    Look("", BLUE, "o"),
    Look("", VERMILION, "s"),
    Look("", GREEN, "^"),
)
"""Looks of the readings, and of the request rates."""


def study(context: Context) -> Measurements:
    """Trace energy against time in each reading, on the same networks.

    The methods of the measurements are the points of a front: ``min-time``, ``p1``, ...,
    ``min-energy``.
    """
    most = QUICK_POINTS if context.quick else POINTS
    measurements = []
    for repetition in context.draws("front"):
        for name, reading in READINGS.items():
            instance = network(
                context,
                "front",
                repetition,
                windows=WINDOWS,
                request_rate=RATE,
                **reading,
            )
            front = trace(
                instance,
                AIMS,
                lambda weighed: context.solve(weighed, "bilevel-exact"),
                most,
            )
            measurements += _points(name, repetition, front)
    return Measurements(measurements)


def _points(reading: str, repetition: int, front: Front) -> list[Measurement]:
    points = [point.values for point in front.points]
    # The point of a front of one is the best one for both aims.
    points = [points[0], *points[1:-1], points[-1]]
    names = ["min-time", *(f"p{k}" for k in range(1, len(points) - 1)), "min-energy"]
    return [
        Measurement(reading, name, repetition, {"time": time, "energy": energy})
        for name, (time, energy) in zip(names, points, strict=True)
    ]


def ends(traced: Measurements) -> Table:
    """Return the two ends of the fronts in each reading, as means over the networks."""
    rows: list[tuple[Cell, ...]] = []
    for reading in traced.settings:
        for end in ("min-time", "min-energy"):
            means = [mean(traced.of(q, reading, end)) for q in ("time", "energy")]
            rows.append((reading, end, *(estimate.value for estimate in means)))
    return Table(
        "Ends of the fronts, mean of the networks",
        (
            Column("reading"),
            Column("end"),
            Column("time", "s", "right"),
            Column("energy", "J", "right"),
        ),
        rows,
    )


def draw(traced: Measurements) -> Figure:
    """Draw the fronts of the first network, one for each reading."""
    figure, panel = axes("Energy against time, one network", "time (s)", "energy (J)")
    for reading, look in zip(traced.settings, LOOKS, strict=True):
        points = sorted(
            (run.values["time"], run.values["energy"])
            for run in traced
            if run.setting == reading and run.repetition == 0
        )
        times, energies = zip(*points, strict=True)
        panel.plot(
            times, energies, marker=look.marker, color=look.colour, label=reading
        )
    legend_above(panel, 1)
    return figure
