"""The setting of a study: instances, seeds, limits, machines, versions, exclusions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from optkit.bench.record import NOT_TRIED, Outcome, Record
from optkit.bench.suite import Suite

MAX_SEEDS = 20
"""Seeds that are listed one by one."""

MAX_VALUES = 5
"""Different machines, limits or versions that are listed."""


def setting(records: list[Record], suite: Suite) -> list[tuple[str, str]]:
    """Return the setting of a study, as names and values.

    Parameters
    ----------
    records
        The finished runs.
    suite
        Their suite.
    """
    seeds = ", ".join(map(str, suite.seeds[:MAX_SEEDS]))
    more = " …" if len(suite.seeds) > MAX_SEEDS else ""
    plural = "" if suite.repetitions == 1 else "s"
    facts = [
        ("instances", str(len({r.instance.sha256 for r in records}))),
        ("seeds", f"{seeds}{more} ({suite.repetitions} repetition{plural} each)"),
        ("warm-up", "a tiny instance first, untimed" if suite.warm_up else "none"),
    ]
    for name, counts in (
        ("limits", Counter(_listed(r.limits, ", ", "g") or "none" for r in records)),
        ("machine", Counter(_listed(_by_name(r.machine), "; ") for r in records)),
        ("versions", Counter(_listed(r.versions, ", ") for r in records)),
    ):
        for value, count in counts.most_common(MAX_VALUES):
            facts.append(
                (name, f"{value} ({count} runs)" if len(counts) > 1 else value)
            )
    noise = _timing_noise(records)
    if noise is not None:
        facts.append(("noise of repeated timings", noise))
    return facts


def _listed(values: Mapping[str, object], separator: str, spec: str = "") -> str:
    return separator.join(f"{name} {value:{spec}}" for name, value in values.items())


def _by_name(values: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(values.items()))


def _timing_noise(records: list[Record]) -> str | None:
    """Return the median coefficient of variation of runs that were repeated."""
    times: dict[tuple[str, str, int], list[float]] = {}
    for record in records:
        if record.timing.wall is not None and record.outcome is Outcome.DONE:
            key = (record.instance.sha256, record.solver.label, record.solver.seed)
            times.setdefault(key, []).append(record.timing.wall)
    repeated = [np.array(t) for t in times.values() if len(t) > 1 and max(t) > 0]
    if not repeated:
        return None
    variation = np.median([t.std(ddof=1) / t.mean() for t in repeated])
    return f"coefficient of variation {variation:.1%} (median of {len(repeated)})"


def exclusions(records: Iterable[Record]) -> list[tuple[str, str, str, int]]:
    """Return family, solver, reason and number of the runs that never started."""
    counts = Counter(
        (record.instance.family, record.solver.label, record.detail)
        for record in records
        if record.outcome in NOT_TRIED
    )
    return [(*key, count) for key, count in counts.items()]
