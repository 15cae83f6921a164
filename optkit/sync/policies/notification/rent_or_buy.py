"""Notify when silence has cost as much as a notification: at most twice the optimum.

The rent of a slot is the avoidable cost of silence in it: the age above that after a
notification in this slot, and the error of the copy. The policy rents until the rent adds
up to the fee of a notification, and then buys, as in the ski rental problem and the dynamic
acknowledgement of TCP packets (Dooly, Goldman and Scott, 2001).

Notes
-----
For given reports, on a link where *older values are never nearer* (the error of a copy is
no smaller the earlier it was sent) the cost is at most twice the clairvoyant optimum. This
holds where errors have no weight, and where every load moves in one direction only, under
both readings of the error. Where errors have a weight, the residence time also has to be
less than 1/n slots, n being the number of the source's devices, so that news always makes
the pair younger. The argument:

* After a silence, however short, a pair is no younger than after a notification now,
  because mean device ages grow by at most one per slot. (Before the first notification the
  pair may be younger; then there is no rent, and no policy notifies to get older.) So in
  every slot both solutions pay the age after a notification in that slot, or that of the
  link never used if it is smaller, and under the true reading the error of what the router
  holds. Call this the base cost; the rent is what comes on top.
* Each of the policy's notifications ends a phase. The rent paid in a phase is less than the
  fee, because in the slot in which the rent would reach the fee the policy notifies
  instead. (While nothing new has arrived, there is no rent.)
* In a complete phase the clairvoyant pays a fee or is silent throughout. Its copy was then
  sent no later than the policy's, so it is no younger and, by the assumption, no nearer. So
  it pays at least the policy's rent including that of the last slot, which is at least a
  fee. Where the age limit forced the policy's notification, it forces one of the
  clairvoyant in that phase too.
* In the last, incomplete phase the clairvoyant pays at least the smaller of the policy's
  rent and the fee, and the policy's rent is less than the fee.

So per phase the policy pays at most the base cost and two fees where the clairvoyant pays
at least the base cost and one. Where a load returns to an earlier value, older copies can
be nearer, the clairvoyant can wait for that, and no constant ratio holds.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.solving.solver import Kind
from optkit.sync.policies.base import LinkByLink, register_notification
from optkit.sync.policies.notification.index_rule import IndexRule
from optkit.sync.problem.observation import LinkView


@register_notification
class RentOrBuyNotification(LinkByLink):
    """Notify when the rent of silence since the last notification reaches the fee."""

    name: ClassVar[str] = "rent-or-buy"
    kind: ClassVar[Kind] = Kind.HEURISTIC
    reference: ClassVar[str] = "optkit, docs/sync.md: ski rental, competitive ratio 2"

    def decide(self, view: LinkView, rng: np.random.Generator) -> Ints:
        """Return the slots in which the rent reaches the fee, and the forced ones."""
        rule = IndexRule(
            error=view.error_price,
            gain=view.age_price,
            keep=1.0,
            level=view.fee,
            younger=True,
        )
        return rule.slots(view)
