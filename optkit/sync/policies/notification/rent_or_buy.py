"""Notify when silence has cost as much as a notification: at most twice the optimum.

The rent of a slot is what silence costs in it beyond what nobody could have avoided: the
age above that of a notification just sent, and the error of what was told. The policy
rents until the rent adds up to a notification's fee, and then buys, as in the ski rental
problem and the dynamic acknowledgement of TCP packets (Dooly, Goldman and Scott, 2001).

Notes
-----
For given reports, on a link where *older values are never nearer* — the error of what was
told is no less the earlier it was told — the cost is at most twice the clairvoyant's. This
holds where errors have no weight, and where every load moves in one direction only, under
both readings of the error; the residence time being less than 1/n slots where errors have
a weight, n the source's devices, so that news always makes the pair younger. The argument:

* No silence, however recent, is younger than a notification now, for mean device ages
  grow by one a slot at most (before the first notification the pair may be younger; then
  there is no rent, and nobody notifies to get older). So in every slot both
  pay the age of a notification sent then, or that of the link never used if it is less,
  and under the true reading the error of what the router holds. Call it base; the
  rent is what comes on top.
* A phase ends with each of the policy's notifications. The rent paid in a phase is less
  than the fee, because the slot in which it reaches the fee is told, not paid. (While
  nothing new has arrived, there is no rent.)
* In a complete phase the clairvoyant pays a fee or is silent throughout. What it told was
  then told no later than what the policy told, so it is no younger and, by the assumption,
  no nearer: it pays at least the policy's rent, with that of the last slot, which is a
  fee at least. Where the age limit forced the notification, it forces the clairvoyant's
  in that phase too.
* In the last, incomplete phase it pays at least the lesser of the policy's rent and the
  fee, and the policy's rent is less than the fee.

So the policy pays at most base and two fees a phase where the clairvoyant pays at least
base and one. Where a load turns back, older values can be nearer, the clairvoyant can wait
for that, and no constant ratio holds.
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
            error=view.error_rate,
            gain=view.age_rate,
            keep=1.0,
            level=view.fee,
            younger=True,
        )
        return rule.slots(view)
