"""One device and one class of links: reports and notifications optimised together.

The state in slot t is the slot r of the report that the router holds, and the slot r' ≤ r
of the report that the neighbours have a copy of; 0 stands for the value of slot 0, which
all have from the start. In each slot a report from slot t - transmit arrives or not, and a
notification sets r' = r or none is sent; then the slot's ages and error are paid. Reports
under way need no state, since a report may be sent in every slot. The device's age t - r
and the pair's age t - r' + residence are limited, so r and r' are stored modulo the limits:
O(T · max_device_age · max_pair_age).

Prices of reports and notifications may differ by slot and be negative: this is the
subproblem of the relaxation in :mod:`optkit.sync.exact.lagrangian`. With one device and
constant prices, none negative, it is the whole problem of the router.
"""

from __future__ import annotations

from dataclasses import dataclass

from optkit.core.arrays import Bools, Floats
from optkit.sync.exact.kernels import cheapest_pair
from optkit.sync.exact.router import LinkClass, Router


@dataclass(frozen=True, eq=False)
class PairPath:
    """Optimal decisions of one device and one class of links.

    Parameters
    ----------
    cost
        Their cost; infinite where the limits cannot be kept.
    arrives, notifies
        (T,): whether a report arrives, and whether the links are used, in each slot.
    """

    cost: float
    arrives: Bools
    notifies: Bools


def pair_path(
    router: Router, device: int, links: LinkClass, report: Floats, fee: Floats
) -> PairPath:
    """Return the cheapest reports and notifications of one device for one class.

    Parameters
    ----------
    router
        The router.
    device
        Which of its devices, from 0. With n devices, ages cost 1/n each, and the limit on
        pair ages is relaxed to what it implies for one device.
    links
        The class.
    report
        (T,): price of a report that arrives in a slot.
    fee
        (T,): price of a notification on all links of the class in a slot.
    """
    count = len(router.devices)
    size = len(links.links)
    limit = router.pair_limit + router.max_age * (1.0 - 1.0 / count)
    limit_before = router.pair_limit
    if count > 1:  # this device may be unreported, and the link used for the others
        limit_before = max(router.pair_limit, limit - links.residence)
    cost, arrives, notifies = cheapest_pair(
        router.loads[device],
        router.true_error,
        int(router.transmit[device]),
        router.max_age + 2,
        router.max_copy_age(links.residence) + 2,
        links.residence,
        limit_before,
        limit,
        router.age * size / count,
        router.error * size,
        report,
        fee,
    )
    return PairPath(cost, arrives, notifies)
