"""Format objectives, bounds, gaps and verdicts for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from optkit.cli.tables import format_number
from optkit.core.files.records import LazyRecords

if TYPE_CHECKING:
    from optkit.core.solving.result import Verification

MOST_VIOLATIONS = 20
"""Violations that are printed; the rest is counted."""


def format_value(value: float | None) -> str:
    """Return an objective or a bound with ten digits, which tell close ones apart."""
    return "none" if value is None else f"{value:.10g}"


def format_gap(gap: float | None) -> str:
    """Return a relative gap in percent."""
    return "unknown" if gap is None else f"{100 * gap:.3g} %"


def format_bound(bound: float | None, source: str | None) -> str:
    """Return a bound, and what proves it."""
    if bound is None:
        return "none proven"
    return f"{format_value(bound)} ({source})" if source else format_value(bound)


def metric_rows(metrics: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the family's metrics that are numbers or words."""
    if isinstance(metrics, LazyRecords):
        metrics = metrics.without_records()
    return [
        (
            name,
            format_number(value) if isinstance(value, float) else str(value),
        )
        for name, value in metrics.items()
        if isinstance(value, str | int | float)
    ]


def verdict_rows(verification: Verification) -> list[tuple[str, str]]:
    """Return the verdict of the independent checker."""
    broken = verification.violations
    if verification.feasible:
        return [("verified", "yes, by the independent checker")]
    rows = [("verified", f"NO: {len(broken)} violation{'s'[: len(broken) != 1]}")]
    rows += [("", str(violation)) for violation in broken[:MOST_VIOLATIONS]]
    if len(broken) > MOST_VIOLATIONS:
        rows.append(("", f"and {len(broken) - MOST_VIOLATIONS} more"))
    return rows
