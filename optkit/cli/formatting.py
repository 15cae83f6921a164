"""The words for what was found, proven and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from optkit.cli.tables import number

if TYPE_CHECKING:
    from optkit.core.solving.result import Verification

MOST_VIOLATIONS = 20
"""Violations that are printed one by one."""


def figure(value: float | None) -> str:
    """Return an objective or a bound, with the digits that tell two of them apart."""
    return "none" if value is None else f"{value:.10g}"


def percent(gap: float | None) -> str:
    """Return a relative gap in percent."""
    return "unknown" if gap is None else f"{100 * gap:.3g} %"


def bound_line(bound: float | None, source: str | None) -> str:
    """Return a bound with what proves it."""
    if bound is None:
        return "none proven"
    return f"{figure(bound)} ({source})" if source else figure(bound)


def metric_lines(metrics: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the family's figures that are numbers or words."""
    return [
        (
            name,
            number(value) if isinstance(value, float) else str(value),
        )
        for name, value in metrics.items()
        if isinstance(value, str | int | float)
    ]


def verdict_lines(verification: Verification) -> list[tuple[str, str]]:
    """Return what the independent checker says."""
    broken = verification.violations
    if verification.feasible:
        return [("verified", "yes, by the independent checker")]
    lines = [("verified", f"NO: {len(broken)} violation{'s'[: len(broken) != 1]}")]
    lines += [("", str(violation)) for violation in broken[:MOST_VIOLATIONS]]
    if len(broken) > MOST_VIOLATIONS:
        lines.append(("", f"and {len(broken) - MOST_VIOLATIONS} more"))
    return lines
