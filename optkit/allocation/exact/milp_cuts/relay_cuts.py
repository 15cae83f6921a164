"""What a block cannot take because its servers pay for relaying, as cuts on flows.

Relaying up to the plain form of the relay condition leaves contiguous blocks optimal; what
is paid beyond it is a loss of a server's row, and shrinks its block and every block above
by at least the factors computed here. The section "Cuts" of ``docs/allocation-bounds.md``
has the proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from optkit.allocation.problem.contiguous_orders import contiguous_blocks
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.core.arrays import Floats, Ints


def charged_cuts(
    block: SinkTree, safe: float
) -> Iterator[tuple[dict[str, float], float]]:
    """Yield cuts that charge the block of server 1 for what its servers relay.

    Parameters
    ----------
    block
        One subtree, all of whose servers work, and none for nothing.
    safe
        Factor for rounding.
    """
    parts = _Parts(block)
    ids, top = block.ids, 1
    kids = parts.kids[top]
    # Everything in the block, and its relaying beyond the condition.
    whole = {ids[top]: 1.0}
    charge = np.zeros(block.count)
    for kid in kids:
        charge += parts.charges[kid] * parts.lift[kid]
    own_share = max(0.0, parts.kappa[top] - parts.inner[top])
    charge[kids] += own_share * parts.excess[kids]
    yield _with(whole, ids, charge), parts.kappa[top] * safe
    # The same, with what the first server relays in full.
    price = max(0.0, 1.0 - block.distance[top] * parts.inner[top]) / block.own[top]
    through = max(0.0, 1.0 - block.distance[top] / block.own[top])
    charge = np.zeros(block.count)
    for kid in kids:
        charge += parts.charges[kid] * parts.apart[kid] * through
    charge[kids] += price * block.relay[kids]
    yield _with(whole, ids, charge), (parts.inner[top] + price) * safe
    # The children's blocks alone, the cheapest to relay to first: those fill up.
    for many in range(2, len(kids) + 1):
        some = kids[:many]
        factors = 1.0 - block.distance[top] * parts.kappa[some]
        taken, charge = 0.0, np.zeros(block.count)
        for k, kid in enumerate(some):
            taken += parts.kappa[kid] * (1.0 - block.distance[top] * taken)
            charge += parts.charges[kid] * np.prod(np.delete(factors, k))
        yield (
            _with(dict.fromkeys((ids[kid] for kid in some), 1.0), ids, charge),
            taken * safe,
        )


def _with(
    carried: dict[str, float], ids: tuple[str, ...], charge: Floats
) -> dict[str, float]:
    """Return the factors of flows, those that are charged included."""
    factors = dict(carried)
    for server in np.flatnonzero(charge):
        name = ids[server]
        # A little less than proven, for the rounding of the products.
        factors[name] = factors.get(name, 0.0) + float(charge[server]) * (1.0 - 1e-9)
    return factors


def _clipped(block: SinkTree) -> Floats:
    """Return each server's relay cost, at most what its parent's last link costs in time.

    That is the plain form of the relay condition, for which the charges are proven.
    """
    above = np.maximum(block.parent, 0)
    grand = np.maximum(block.parent[above], 0)
    last = block.distance[above] * (1.0 - 1e-14) - block.distance[grand]
    return np.asarray(np.minimum(block.relay, np.maximum(last, 0.0)))


class _Parts:
    """The blocks of a block, with their relaying clipped, from the leaves up.

    Attributes
    ----------
    kappa, inner
        What each block takes at cost 1, and what its children's blocks take, Gbit.
    excess
        What the parent of each pays for relaying beyond that, per Gbit.
    apart
        Product of the factors 1 − D κ of each one's siblings.
    lift
        The least that the parent's block loses per Gbit that each block does.
    charges
        For each block, what it loses per Gbit that each server is sent.
    """

    def __init__(self, block: SinkTree) -> None:
        count = block.count
        clipped = _clipped(block)
        self.kids: list[Ints] = [
            np.flatnonzero(block.parent == server) for server in range(count)
        ]
        self.kids = [kids[np.argsort(clipped[kids])] for kids in self.kids]
        self.kappa = contiguous_blocks(replace(block, relay=clipped)).capacity
        self.inner = np.zeros(count)
        self.apart, self.lift = np.ones(count), np.zeros(count)
        self.excess = np.maximum(block.relay - clipped, 0.0)
        self.charges = np.zeros((count, count))
        for server in range(count - 1, 0, -1):
            self._climb(block, clipped, server)

    def _climb(self, block: SinkTree, clipped: Floats, server: int) -> None:
        kids, d, own = self.kids[server], block.distance[server], block.own[server]
        rest, spent = 1.0, 0.0
        for kid in kids:
            take = self.kappa[kid] * rest
            self.inner[server] += take
            spent += clipped[kid] * take
            rest = max(0.0, rest - d * take)
        scale = own - d * spent
        if not len(kids):
            return
        dearest = float(clipped[kids].max())
        through = max(0.0, 1.0 - dearest / scale) if scale > 0.0 else 0.0
        through *= max(0.0, 1.0 - d / own)
        factors = np.maximum(0.0, 1.0 - d * self.kappa[kids])
        for k, kid in enumerate(kids):
            self.apart[kid] = np.prod(np.delete(factors, k))
            self.lift[kid] = self.apart[kid] * through
            self.charges[server] += self.lift[kid] * self.charges[kid]
        own_share = max(0.0, self.kappa[server] - self.inner[server])
        self.charges[server][kids] += own_share * self.excess[kids]
