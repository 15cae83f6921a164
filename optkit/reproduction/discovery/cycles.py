"""One hundred cycles of migration, each a data point of the paper's figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.display.tables import Cell, Column, Table
from optkit.core.solving.result import Result, Status
from optkit.reproduction.discovery.networks import network
from optkit.reproduction.engine import Context

RATES = (0.2, 0.7)
"""Requests of a node per second: the generator's default, and one at which about half of
the cycles are mostly in agent mode, as in Table 3."""

WINDOWS, QUICK_WINDOWS = 100, 8
"""Cycles of a run; Table 2 has 100."""


@dataclass(frozen=True, eq=False)
class Cycles:
    """What was measured in each cycle of one run; arrays of equal length.

    Parameters
    ----------
    energy, energy_agent, energy_self
        TEC, of which in agent mode and in self-directed mode, J.
    time, time_agent, time_self
        TTC, of which of agent mode (agents' setting up included) and of the other, s.
    nodes, agents, connected
        Nodes that ask, of them in agent mode, and connected.
    accuracy_agent, accuracy_self
        Mean accuracy of the nodes in each mode; nan where none is in it.
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
"""The runs of each setting."""

UNITS = {
    "energy": "J",
    "energy_agent": "J",
    "energy_self": "J",
    "time": "s",
    "time_agent": "s",
    "time_self": "s",
}


def measured(result: Result) -> Cycles:
    """Return what the check measured of a result, cycle by cycle."""
    windows = result.metrics["windows"]

    def column(name: str) -> Floats:
        key = f"{name}_{UNITS[name].lower()}" if name in UNITS else name
        return np.array([row[key] for row in windows], dtype=float)

    return Cycles(**{one.name: column(one.name) for one in fields(Cycles)})


def optimal(context: Context, instance: Any) -> Result:
    """Return a proven optimum, or the best that is known with a bound."""
    result = context.solve(instance, "price")
    if result.status is Status.OPTIMAL:
        return result
    return context.solve(instance, "bilevel-exact", initial=result.solution)


def study(
    context: Context,
    settings: Sequence[float],
    options: Callable[[float], dict[str, Any]],
) -> dict[float, list[Cycles]]:
    """Solve every run of every setting.

    Parameters
    ----------
    context
        Of the study.
    settings
        The settings.
    options
        Of the generator in a setting; runs of one repetition share their seed.
    """
    found: dict[float, list[Cycles]] = {setting: [] for setting in settings}
    for repetition in range(context.repetitions):
        for index, setting in enumerate(settings):
            done = repetition + index / len(settings)
            context.progress(
                f"run {repetition + 1} of {context.repetitions}, {setting:g}",
                done / context.repetitions,
            )
            drawn = network(context, "cycles", repetition, **options(setting))
            found[setting].append(measured(optimal(context, drawn)))
    return found


def by_rate(context: Context) -> dict[float, list[Cycles]]:
    """Return the runs at each request rate."""
    windows = QUICK_WINDOWS if context.quick else WINDOWS
    return study(
        context, RATES, lambda rate: {"windows": windows, "request_rate": rate}
    )


def each(
    runs: Mapping[float, Any], words: Sequence[object], unit: str = "requests/s"
) -> str:
    """Return what was found in each setting, in words."""
    return "; ".join(
        f"{setting:g} {unit}: {one}" for setting, one in zip(runs, words, strict=True)
    )


def every_cycle(
    title: str, heading: Column, runs: Runs, names: Sequence[str] = ()
) -> Table:
    """Return a row for each cycle of each run.

    Parameters
    ----------
    title, heading
        The table's title, and the column of the settings.
    runs
        The runs.
    names
        Which quantities; all by default.
    """
    names = names or [one.name for one in fields(Cycles)]
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
