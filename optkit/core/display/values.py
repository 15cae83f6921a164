"""Objectives, bounds and gaps as text, the same wherever they are shown."""

from __future__ import annotations


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
