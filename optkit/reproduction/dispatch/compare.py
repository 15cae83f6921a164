"""Comparisons of policies path by path, as text and as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optkit.core.display.tables import Cell, Column, Table
from optkit.reproduction.dispatch.runs import (
    BASELINES,
    BOUND,
    LOOKS,
    QUANTITIES,
    REFERENCES,
    Study,
)
from optkit.reproduction.engine import statistics
from optkit.reproduction.engine.measurements import Measurements, Setting
from optkit.reproduction.engine.statistics import Estimate, mean

LABELS = {name: look.label for name, look in {**LOOKS, **REFERENCES}.items()}


def change(
    data: Measurements, quantity: str, setting: Setting, method: str, rival: str
) -> Estimate:
    """Return the relative difference of a quantity between a method and its rival.

    The geometric mean over paired sample paths, less one; negative if the method's
    value is smaller.
    """
    values, base = (data.of(quantity, setting, name) for name in (method, rival))
    return statistics.change(values, base)


def best_baseline(data: Measurements, quantity: str, setting: Setting) -> str:
    """Return the benchmark with the least mean of a quantity."""
    return min(BASELINES, key=lambda name: data.of(quantity, setting, name).mean())


def signed(estimate: Estimate) -> str:
    """Return a change in percent, with its interval: ``−7.1 % (−8.2 to −6.0)``."""

    def digits(share: float) -> str:
        return f"{100.0 * share:+.1f}".replace("-", "−")

    low, high = digits(estimate.low), digits(estimate.high)
    return f"{digits(estimate.value)} % ({low} to {high})"


def extremes(
    settings: Sequence[Setting],
    estimates: Sequence[Estimate],
    at: Callable[[Setting], str],
) -> str:
    """Return the least and the largest change as text, each with its setting."""
    ordered = sorted(
        zip(settings, estimates, strict=True), key=lambda pair: pair[1].value
    )
    ends = [
        f"{signed(estimate)} {at(setting)}"
        for setting, estimate in (ordered[0], ordered[-1])
    ]
    return ends[0] if len(ordered) == 1 else " to ".join(ends)


def policies_table(title: str, heading: Column, data: Measurements) -> Table:
    """Return means of every policy in every setting, and the gaps to the bound.

    Parameters
    ----------
    title, heading
        The table's title, and the column of the settings.
    data
        The runs.
    """
    columns = (
        heading,
        Column("policy"),
        QUANTITIES["cost"],
        Column("95 % interval"),
        Column("above the bound", "%", "right"),
        *list(QUANTITIES.values())[1:],
    )
    rows: list[tuple[Cell, ...]] = []
    for setting in data.settings:
        for method in (name for name in data.methods if name != BOUND):
            cost = mean(data.of("cost", setting, method))
            gap = change(data, "cost", setting, method, BOUND)
            rows.append(
                (
                    setting,
                    LABELS[method],
                    round(cost.value, 2),
                    f"{cost.low:.4g} to {cost.high:.4g}",
                    round(100.0 * gap.value, 1),
                    *(
                        round(float(data.of(name, setting, method).mean()), 4)
                        for name in list(QUANTITIES)[1:]
                    ),
                )
            )
    return Table(title, columns, rows)


DIFFERENCES = (
    *(("mdp", rival) for rival in BASELINES),
    *(("rollout", rival) for rival in ("mdp", "queue-aware")),
)
"""Pairs of policies that tables compare."""


def differences_table(title: str, heading: Column, study: Study) -> Table:
    """Return paired differences in cost, in percent, with their intervals."""
    data = study.data
    columns = (
        heading,
        *(
            Column(f"{LOOKS[method].label} against {LOOKS[rival].label}", "%")
            for method, rival in DIFFERENCES
        ),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            setting,
            *(
                signed(change(data, "cost", setting, method, rival)).replace(" %", "")
                for method, rival in DIFFERENCES
            ),
        )
        for setting in data.settings
    ]
    return Table(title, columns, rows)
