"""Runs of one hundred cycles of migration; a cycle is a data point of the figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.display.tables import Cell, Column, Table
from optkit.core.solving.result import Result, Status
from optkit.discovery.instance import DiscoveryInstance
from optkit.reproduction.discovery.networks import network
from optkit.reproduction.engine import Context
from optkit.reproduction.engine.statistics import Estimate, listing, mean

T = TypeVar("T")

RATES = (0.2, 0.7)
"""Requests per node and second: the generator's default, and a rate at which about half of
the cycles are mostly in agent mode, as in Table 3."""

WINDOWS, QUICK_WINDOWS = 100, 8
"""Cycles per run; Table 2 has 100."""


@dataclass(frozen=True, eq=False)
class Cycles:
    """Measurements of each cycle of one run; arrays of equal length.

    Parameters
    ----------
    energy, energy_agent, energy_self
        TEC, and its parts in agent mode and in self-directed mode, J.
    time, time_agent, time_self
        TTC, and its parts in agent mode, setting up agents included, and in self-directed
        mode, s.
    nodes, agents, connected
        Numbers of nodes that ask, of those in agent mode, and of connected ones.
    accuracy_agent, accuracy_self
        Mean accuracy of the nodes in each mode; nan if none is in it.
    """

    energy: Floats
    energy_agent: Floats
    energy_self: Floats
    time: Floats
    time_agent: Floats
    time_self: Floats
    nodes: Floats
    agents: Floats
    connected: Floats
    accuracy_agent: Floats
    accuracy_self: Floats

    @property
    def share(self) -> Floats:
        """Share of the nodes in agent mode."""
        return self.agents / self.nodes


Runs = Mapping[float, Sequence[Cycles]]
"""The runs in each setting."""

SPLIT = (
    "energy",
    "energy_agent",
    "energy_self",
    "time",
    "time_agent",
    "time_self",
    "nodes",
)
"""The columns that the rows of Tables 4 and 6 have, in their order."""

SPLIT_COLUMNS = tuple(
    Column(name, align="right")
    for name in ("energy", "agent", "self", "time", "agent", "self", "nodes")
)
"""Their headings."""

UNITS = {
    "energy": "J",
    "energy_agent": "J",
    "energy_self": "J",
    "time": "s",
    "time_agent": "s",
    "time_self": "s",
}


def measured(result: Result) -> Cycles:
    """Return the checker's metrics of a result, cycle by cycle."""
    windows = result.metrics["windows"]

    def column(name: str) -> Floats:
        key = f"{name}_{UNITS[name].lower()}" if name in UNITS else name
        return np.array([row[key] for row in windows], dtype=float)

    return Cycles(**{item.name: column(item.name) for item in fields(Cycles)})


def optimal(context: Context, instance: DiscoveryInstance) -> Result:
    """Return a proven optimum, or the best known solution with a bound."""
    result = context.solve(instance, "price")
    if result.status is Status.OPTIMAL:
        return result
    return context.solve(instance, "bilevel-exact", initial=result.solution)


def study(
    context: Context,
    settings: Sequence[float],
    options: Callable[[float], dict[str, Any]],
    measure: Callable[[DiscoveryInstance, Cycles], T],
) -> dict[float, list[T]]:
    """Solve every run of every setting.

    Parameters
    ----------
    context
        The context of the study.
    settings
        The settings.
    options
        Options of the generator in a setting; runs of one repetition share their seed.
    measure
        Returns what to keep of a run, given its instance and its cycles.
    """
    runs: dict[float, list[T]] = {setting: [] for setting in settings}
    for repetition, setting in context.draws_in(settings, "run"):
        instance = network(context, "cycles", repetition, **options(setting))
        cycles = measured(optimal(context, instance))
        runs[setting].append(measure(instance, cycles))
    return runs


def only_cycles(instance: DiscoveryInstance, cycles: Cycles) -> Cycles:
    """Return the cycles of a run."""
    return cycles


def by_rate(
    context: Context, measure: Callable[[DiscoveryInstance, Cycles], T]
) -> dict[float, list[T]]:
    """Solve the runs at each request rate; see :func:`study`."""
    windows = QUICK_WINDOWS if context.quick else WINDOWS
    return study(
        context,
        RATES,
        lambda rate: {"windows": windows, "request_rate": rate},
        measure,
    )


def run_means(
    runs: Mapping[float, Sequence[T]], value: Callable[[T], float]
) -> list[Estimate]:
    """Return the mean over the runs of a value of each run, for each setting."""
    return [mean([value(run) for run in listed]) for listed in runs.values()]


def at_rates(runs: Mapping[float, Any], values: Sequence[object]) -> str:
    """Return values by request rate, as text."""
    return listing([f"{rate:g} requests/s" for rate in runs], values)


def every_cycle(
    title: str, heading: Column, runs: Runs, names: Sequence[str] = ()
) -> Table:
    """Return the table of every cycle of every run.

    Parameters
    ----------
    title, heading
        The table's title, and the column of the settings.
    runs
        The runs.
    names
        The quantities; all by default.
    """
    names = names or [item.name for item in fields(Cycles)]
    columns = (
        heading,
        Column("run", align="right"),
        Column("cycle", align="right"),
        *(
            Column(name.replace("_", " "), UNITS.get(name, ""), "right")
            for name in names
        ),
    )
    rows: list[tuple[Cell, ...]] = [
        (setting, run, k, *(_cell(getattr(cycles, name)[k]) for name in names))
        for setting, listed in runs.items()
        for run, cycles in enumerate(listed)
        for k in range(len(cycles.energy))
    ]
    return Table(title, columns, rows)


def _cell(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
