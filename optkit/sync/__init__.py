"""Sync: keeping load information fresh across a network, and at what cost.

Source: S. Huang et al., see ``docs/sync.md``. Equation and section numbers in this package
are that paper's; ``docs/sync.md`` also says how its lost or contradictory places are read.

The names below are the public face of the family; what else its modules hold may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.lazy import lazy_names

if TYPE_CHECKING:
    from optkit.sync.exact.notifications import bound_for_reports as bound_for_reports
    from optkit.sync.exact.report_selection import error_bound as error_bound
    from optkit.sync.instance import SyncInstance as SyncInstance
    from optkit.sync.learning.parallel_env import NotificationEnv as NotificationEnv
    from optkit.sync.learning.parallel_env import notification_env as notification_env
    from optkit.sync.policies.base import DeviceByDevice as DeviceByDevice
    from optkit.sync.policies.base import LinkByLink as LinkByLink
    from optkit.sync.policies.base import register_notification as register_notification
    from optkit.sync.policies.base import register_reporting as register_reporting
    from optkit.sync.policies.notification.index_rule import IndexRule as IndexRule
    from optkit.sync.policies.slot_by_slot import DeviceSoFar as DeviceSoFar
    from optkit.sync.policies.slot_by_slot import LinkSoFar as LinkSoFar
    from optkit.sync.policies.slot_by_slot import (
        SlotBySlotNotification as SlotBySlotNotification,
    )
    from optkit.sync.policies.slot_by_slot import (
        SlotBySlotReporting as SlotBySlotReporting,
    )
    from optkit.sync.problem.held_values import held_values as held_values
    from optkit.sync.problem.problem_data import problem_data as problem_data
    from optkit.sync.solution import SyncSolution as SyncSolution

_HOMES = {
    "DeviceByDevice": "policies.base",
    "DeviceSoFar": "policies.slot_by_slot",
    "IndexRule": "policies.notification.index_rule",
    "LinkByLink": "policies.base",
    "LinkSoFar": "policies.slot_by_slot",
    "NotificationEnv": "learning.parallel_env",
    "SlotBySlotNotification": "policies.slot_by_slot",
    "SlotBySlotReporting": "policies.slot_by_slot",
    "SyncInstance": "instance",
    "SyncSolution": "solution",
    "bound_for_reports": "exact.notifications",
    "error_bound": "exact.report_selection",
    "held_values": "problem.held_values",
    "notification_env": "learning.parallel_env",
    "problem_data": "problem.problem_data",
    "register_notification": "policies.base",
    "register_reporting": "policies.base",
}

__all__ = [*_HOMES]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
