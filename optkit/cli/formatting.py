"""Format metrics and verdicts for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from optkit.cli.tables import format_number
from optkit.core.files.records import LazyRecords

if TYPE_CHECKING:
    from optkit.core.solving.result import Verification

MOST_VIOLATIONS = 20
"""Violations that are printed; the rest is counted."""


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
