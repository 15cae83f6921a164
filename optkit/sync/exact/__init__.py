"""Exact methods: optimal notifications, optimal reports, and lower bounds."""

from optkit.sync.exact.notifications import best_notifications, bound_for_reports

__all__ = ["best_notifications", "bound_for_reports"]
