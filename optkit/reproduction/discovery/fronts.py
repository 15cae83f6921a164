"""Energy against time within one network: fronts in three readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.display.tables import Cell, Column, Table
from optkit.core.tools.pareto import Front, trace
from optkit.discovery.aims import AIMS
from optkit.plotting.charts import Look, axes, legend_above
from optkit.plotting.palette import BLUE, GREEN, VERMILION
from optkit.reproduction.discovery import cycles
from optkit.reproduction.discovery.networks import network
from optkit.reproduction.engine import Context
from optkit.reproduction.engine.measurements import Measurement, Measurements
from optkit.reproduction.engine.statistics import Estimate, mean

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
"""Readings in which fronts are traced: the tables' own, and two that let levels differ."""

WINDOWS, POINTS, QUICK_POINTS = 4, 6, 3
"""Cycles of a network, and points of a front at most."""

RATE = cycles.RATES[-1]

LOOKS = (
    Look("", BLUE, "o"),
    Look("", VERMILION, "s"),
    Look("", GREEN, "^"),
)
"""Of the readings, and of the request rates."""


def study(context: Context) -> Measurements:
    """Trace energy against time in each reading, on the same networks.

    The places of a front are its methods: ``min-time``, ``p1``, ..., ``min-energy``.
    """
    most = QUICK_POINTS if context.quick else POINTS
    found = []
    for repetition in range(context.repetitions):
        context.progress(
            f"front {repetition + 1} of {context.repetitions}",
            repetition / context.repetitions,
        )
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
            found += list(_places(name, repetition, front))
    return Measurements(found)


def _places(reading: str, repetition: int, front: Front) -> list[Measurement]:
    points = [point.values for point in front.points]
    # A front of one point is best in both aims.
    places = [points[0], *points[1:-1], points[-1]]
    names = ["min-time", *(f"p{k}" for k in range(1, len(places) - 1)), "min-energy"]
    return [
        Measurement(reading, name, repetition, {"time": time, "energy": energy})
        for name, (time, energy) in zip(names, places, strict=True)
    ]


def ends(traced: Measurements) -> Table:
    """Return the two ends of the fronts of each reading, means of the networks."""
    rows: list[tuple[Cell, ...]] = []
    for reading in traced.settings:
        for end in ("min-time", "min-energy"):
            found: list[Estimate] = [
                mean(traced.of(q, reading, end)) for q in ("time", "energy")
            ]
            rows.append((reading, end, *(one.value for one in found)))
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
