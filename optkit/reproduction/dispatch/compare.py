"""Comparisons of policies path by path, as text and as tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from optkit.core.display.tables import Cell, Column, Table
from optkit.core.mean_gap import gap_of_means
from optkit.reproduction.dispatch.runs import (
    BASELINES,
    BOUND,
    BOUNDS,
    CLAIRVOYANT,
    LOOKS,
    POLICY_BOUND,
    QUANTITIES,
    REFERENCES,
    Study,
)
from optkit.reproduction.engine import Verdict, statistics
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


def saving(
    data: Measurements, setting: Setting, method: str, other: str = POLICY_BOUND
) -> Estimate | None:
    """Return by how much another mean cost is below a method's, relative to the latter.

    With the policy bound: the most that any policy could save. Means are compared, not
    paths, because that bound holds for means alone; so there is none for a single path.
    """
    costs, others = (data.of("cost", setting, name) for name in (method, other))
    gap = Estimate(*gap_of_means(costs, others))
    return None if math.isnan(gap.value) else gap


def with_room(
    judge: Callable[[Study], tuple[str, Verdict]],
    at: Callable[[Setting], str],
    methods: Sequence[str] = ("mdp",),
) -> Callable[[Study], tuple[str, Verdict]]:
    """Return a judge who adds how much of methods' mean costs any policy could save.

    Parameters
    ----------
    judge
        Returns what was measured, and the verdict.
    at
        Returns a setting as text.
    methods
        The methods that the statement is about.
    """

    def judged(study: Study) -> tuple[str, Verdict]:
        measured, verdict = judge(study)
        settings = study.data.settings
        for method in methods:
            most = [saving(study.data, setting, method) for setting in settings]
            known = [share for share in most if share is not None]
            if len(known) < len(most):
                continue  # a single path has no mean
            words = extremes(settings, known, at, unsigned)
            name = LABELS[method].partition(" (")[0]
            measured += f" Of {name}'s mean cost no policy saves more than {words}."
        return measured, verdict

    return judged


def room_table(title: str, heading: Column, data: Measurements) -> Table:
    """Return limits on what the best possible policy saves, by setting, in percent.

    It saves at least what MDP or rollout does, and at most what the policy bound leaves.

    Parameters
    ----------
    title, heading
        The table's title, and the column of the settings.
    data
        The runs.
    """
    columns = (
        heading,
        Column("policy bound", "jobs", "right"),
        Column("best benchmark"),
        Column("MDP saves of its cost", "%"),
        Column("any policy saves of it, at most", "%"),
        Column("rollout saves of MDP's", "%"),
        Column("any policy saves of MDP's, at most", "%"),
    )
    rows: list[tuple[Cell, ...]] = []
    for setting in data.settings:
        rival = best_baseline(data, "cost", setting)
        savings = (
            saving(data, setting, rival, "mdp"),
            saving(data, setting, rival),
            saving(data, setting, "mdp", "rollout"),
            saving(data, setting, "mdp"),
        )
        rows.append(
            (
                setting,
                round(float(data.of("cost", setting, POLICY_BOUND).mean()), 2),
                LABELS[rival],
                *map(_percent, savings),
            )
        )
    return Table(title, columns, rows)


def _percent(share: Estimate | None) -> str | None:
    """Return a share in percent with its interval, without the sign of percent."""
    return None if share is None else unsigned(share).replace(" %", "")


def best_baseline(data: Measurements, quantity: str, setting: Setting) -> str:
    """Return the benchmark with the least mean of a quantity."""
    return min(BASELINES, key=lambda name: data.of(quantity, setting, name).mean())


def signed(estimate: Estimate) -> str:
    """Return a change in percent, with its interval: ``+7.1 % (+6.0 to +8.2)``."""
    return _in_percent(estimate, "+")


def unsigned(estimate: Estimate) -> str:
    """Return a share in percent, with its interval: ``7.1 % (6.0 to 8.2)``."""
    return _in_percent(estimate, "-")


def _in_percent(estimate: Estimate, sign: str) -> str:
    """Return an estimate as text; ``sign`` as in format strings."""

    def digits(share: float) -> str:
        return f"{100.0 * share:{sign}.1f}".replace("-", "−")

    low, high = digits(estimate.low), digits(estimate.high)
    return f"{digits(estimate.value)} % ({low} to {high})"


def extremes(
    settings: Sequence[Setting],
    estimates: Sequence[Estimate],
    at: Callable[[Setting], str],
    text: Callable[[Estimate], str] = signed,
) -> str:
    """Return the least and the largest estimate as text, each with its setting."""
    ordered = sorted(
        zip(settings, estimates, strict=True), key=lambda pair: pair[1].value
    )
    ends = [
        f"{text(estimate)} {at(setting)}"
        for setting, estimate in (ordered[0], ordered[-1])
    ]
    return ends[0] if len(ordered) == 1 else " to ".join(ends)


def policies_table(title: str, heading: Column, data: Measurements) -> Table:
    """Return means of every policy in every setting, and the gaps to both bounds.

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
        Column("any policy saves, at most", "%", "right"),
        *list(QUANTITIES.values())[1:],
    )
    rows: list[tuple[Cell, ...]] = []
    for setting in data.settings:
        for method in (name for name in data.methods if name not in BOUNDS):
            cost = mean(data.of("cost", setting, method))
            gap = change(data, "cost", setting, method, BOUND)
            room = None
            if method != CLAIRVOYANT:  # who is no policy
                room = saving(data, setting, method)
            rows.append(
                (
                    setting,
                    LABELS[method],
                    round(cost.value, 2),
                    f"{cost.low:.4g} to {cost.high:.4g}",
                    round(100.0 * gap.value, 1),
                    None if room is None else round(100.0 * room.value, 1),
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
