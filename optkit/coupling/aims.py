"""The two aims of a coupled run: few messages, and a short response time.

What decides between them is an option of the policy that tells of queues. The front runs
from silence to the paper's broadcast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.tools.pareto.aims import Aim, Knob
from optkit.coupling.policies.halves import halves
from optkit.dispatch.instance import DispatchInstance

DEFAULT = {"information": "periodic+rent-or-buy", "information.reporting.period": 1}
"""The policy where none is named: reports at every boundary."""

BROADCAST = {
    "information": "periodic+periodic",
    "information.reporting.period": 1,
    "information.notification.period": 1,
    "information.notification.offset": 0,
}
"""The paper's: everybody is told of everything at every boundary."""

GROUP = "information"


@dataclass(frozen=True)
class Dial:
    """An option of a notification policy that makes messages rarer or more frequent.

    Parameters
    ----------
    option
        Its name within the group.
    silent
        The value with fewest messages; None for the number of intervals.
    rare, frequent
        Ends of the scale, which is geometric; None for the number of intervals.
    whole
        Whether values are whole numbers.
    """

    option: str
    silent: float | None
    rare: float | None
    frequent: float
    whole: bool = False

    def value(self, position: float, intervals: int) -> float | int:
        """Return the value at a position from 0 (fewest messages) to 1."""
        rare = float(intervals if self.rare is None else self.rare)
        value = rare * float((self.frequent / rare) ** position)
        if position == 0.0:
            value = float(intervals if self.silent is None else self.silent)
        return max(1, round(value)) if self.whole else float(f"{value:.4g}")


_FEE = Dial("fee", 1e9, 1e4, 1e-4)

DIALS = {
    "rent-or-buy": _FEE,
    "mappo": _FEE,
    "maa2c": _FEE,
    "policy-gradient": _FEE,
    "threshold": Dial("notification.error", 1e9, 1e3, 1e-1),
    "periodic": Dial("notification.period", None, None, 1.0, whole=True),
    "random": Dial("notification.probability", 0.0, 1e-3, 1.0),
}
"""By notification policy, the option that the front varies."""


def settings(
    instance: DispatchInstance, given: Mapping[str, Any], position: float
) -> dict[str, Any]:
    """Return the options of a solver at a position between silence and broadcast.

    Parameters
    ----------
    instance
        The instance.
    given
        The options that the user gives.
    position
        From 0, fewest messages, to 1, the paper's broadcast.

    Raises
    ------
    UsageError
        If the option that is varied is given, or there is none to vary.
    """
    own = {key: value for key, value in given.items() if _grouped(key)}
    others = {key: value for key, value in given.items() if key not in own}
    if not own:
        own = dict(DEFAULT)
    name = own.get(GROUP, own.get(f"{GROUP}.policy", ""))
    if not isinstance(name, str) or not name:
        raise UsageError(
            "pareto: information names no policy; add"
            " --set information=REPORTING+NOTIFICATION."
        )
    notification = halves(name, {}, {}).notification.name
    dial = DIALS.get(notification)
    if dial is None:
        raise UsageError(
            f"pareto: nothing can be varied in the notification policy {notification!r};"
            f" take {', '.join(sorted(DIALS))}."
        )
    varied = f"{GROUP}.{dial.option}"
    if varied in own:
        raise UsageError(f"pareto: the front varies {varied}; leave it out.")
    if position == 1.0:
        return {**others, **BROADCAST}
    return {**others, **own, varied: dial.value(position, instance.intervals)}


def values(metrics: Mapping[str, Any]) -> tuple[float, float]:
    """Return the messages per second, and the mean response time in s."""
    response = metrics["mean_response_s"]
    if response is None:
        raise UnavailableError(
            "no job of this instance is completed, so there is no mean response time."
        )
    return float(metrics["information"]["messages_per_s"]), float(response)


def _grouped(key: str) -> bool:
    return key == GROUP or key.startswith(f"{GROUP}.")


AIMS = Knob(Aim("messages", "1/s"), Aim("response", "s"), settings, values, "broadcast")
