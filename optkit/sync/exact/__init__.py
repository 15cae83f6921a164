"""What can be proven about sync: optimal notifications, optimal reports, lower bounds.

Import where needed: the modules load numba when they compute.
"""

from optkit.sync.exact.notifications import best_notifications, bound_for_reports

__all__ = ["best_notifications", "bound_for_reports"]
