"""Exact methods: optimal notifications, optimal reports, and lower bounds.

Importing this loads numba; solvers import it when they run.
"""

from optkit.sync.exact.notifications import best_notifications, bound_for_reports

__all__ = ["best_notifications", "bound_for_reports"]
