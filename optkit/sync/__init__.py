"""Sync: keeping load information fresh across a network, and at what cost.

Source: Y. Huang et al., see ``docs/sync.md``. Equation and section numbers in this package
are that paper's; ``docs/sync.md`` also says how its lost or contradictory places are read.

The names below are the public face of the family; what else its modules hold may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optkit.sync.exact.notifications import bound_for_reports as bound_for_reports
    from optkit.sync.exact.report_selection import error_bound as error_bound
    from optkit.sync.learning.parallel_env import NotificationEnv as NotificationEnv
    from optkit.sync.learning.parallel_env import notification_env as notification_env
    from optkit.sync.policies.base import DeviceByDevice as DeviceByDevice
    from optkit.sync.policies.base import LinkByLink as LinkByLink
    from optkit.sync.policies.base import register_notification as register_notification
    from optkit.sync.policies.base import register_reporting as register_reporting
    from optkit.sync.policies.notification.index_rule import IndexRule as IndexRule
    from optkit.sync.problem.held_values import held_values as held_values
    from optkit.sync.problem.problem_data import problem_data as problem_data

_HOMES = {
    "DeviceByDevice": "optkit.sync.policies.base",
    "IndexRule": "optkit.sync.policies.notification.index_rule",
    "LinkByLink": "optkit.sync.policies.base",
    "NotificationEnv": "optkit.sync.learning.parallel_env",
    "bound_for_reports": "optkit.sync.exact.notifications",
    "error_bound": "optkit.sync.exact.report_selection",
    "held_values": "optkit.sync.problem.held_values",
    "notification_env": "optkit.sync.learning.parallel_env",
    "problem_data": "optkit.sync.problem.problem_data",
    "register_notification": "optkit.sync.policies.base",
    "register_reporting": "optkit.sync.policies.base",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    # On first use: listing families must not load what solving needs.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
