"""One device and one class of links: reports and notifications optimised together.

In slot t the state is the slot r of the report that the router holds, and the slot r' ≤ r
of the report that the neighbours have been told of; 0 stands for none of either kind, and
is the value of slot 0 as well. A report in slot t − transmit arrives or does not, a
notification makes r' = r or none is sent; then the slot costs what its ages and its error
are. Reports under way need no state, since a report may be sent in every slot. The device's
age t − r and the pair's age t − r' + residence are limited, so r and r' are kept modulo the
limits: O(T · max_device_age · max_pair_age).

Prices of reports and notifications may change from slot to slot and be negative: with them
this is the subproblem of the relaxation in :mod:`optkit.sync.exact.lagrangian`. Only with
constant prices, none negative, and one device is it the router's problem itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.core.runtime.compiled import compiled
from optkit.sync.exact.router import LinkClass, Router


@dataclass(frozen=True, eq=False)
class PairPath:
    """An optimal way of one device and one class of links.

    Parameters
    ----------
    cost
        Its cost; infinite where there is none.
    arrives, notifies
        (T,): whether a report arrives, and whether the links are used, in a slot.
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
        Which of its devices, from 0. With several, the ages count divided by their
        number, and the limit on pair ages is relaxed to what it implies for one device.
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
    cost, arrives, notifies = compiled(_cheapest)(
        router.loads[device],
        router.true_error,
        int(router.transmit[device]),
        router.max_age + 2,
        router.oldest_copy(links.residence) + 2,
        links.residence,
        # Of several devices, one may be unreported and the link used for the others.
        max(router.pair_limit, limit - links.residence)
        if count > 1
        else router.pair_limit,
        limit,
        router.age * size / count,
        router.error * size,
        report,
        fee,
    )
    return PairPath(cost, arrives, notifies)


