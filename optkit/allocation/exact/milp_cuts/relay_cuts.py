"""Cuts on flows for what a block cannot take because its servers pay for relaying.

Relaying up to the plain form of the relay condition leaves contiguous blocks optimal. What
is paid beyond it is a loss in a server's row, and shrinks its block and every block above
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
        One subtree, on which every server may work and has a cost.
    safe
        Factor for rounding.
    """
    parts = _BlockParts(block)
    ids, top = block.ids, 1
    children = parts.children[top]
    # Everything in the block, and its relaying beyond the condition.
    whole = {ids[top]: 1.0}
    charge = np.zeros(block.count)
    for child in children:
        charge += parts.charges[child] * parts.lift[child]
    own_share = max(0.0, parts.kappa[top] - parts.inner[top])
    charge[children] += own_share * parts.excess[children]
    yield _with(whole, ids, charge), parts.kappa[top] * safe
    # The same, with what the first server relays in full.
    price = max(0.0, 1.0 - block.distance[top] * parts.inner[top]) / block.own[top]
    through = max(0.0, 1.0 - block.distance[top] / block.own[top])
    charge = np.zeros(block.count)
    for child in children:
        charge += parts.charges[child] * parts.apart[child] * through
    charge[children] += price * block.relay[children]
    yield _with(whole, ids, charge), (parts.inner[top] + price) * safe
    # The children's blocks alone, filled in order of what relaying to them costs.
    for count in range(2, len(children) + 1):
        first_children = children[:count]
        factors = 1.0 - block.distance[top] * parts.kappa[first_children]
        taken, charge = 0.0, np.zeros(block.count)
        for k, child in enumerate(first_children):
            taken += parts.kappa[child] * (1.0 - block.distance[top] * taken)
            charge += parts.charges[child] * np.prod(np.delete(factors, k))
        yield (
            _with(
                dict.fromkeys((ids[child] for child in first_children), 1.0),
                ids,
                charge,
            ),
            taken * safe,
        )


def _with(
    carried: dict[str, float], ids: tuple[str, ...], charge: Floats
) -> dict[str, float]:
    """Return the factors of all flows, those that are charged included."""
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


class _BlockParts:
    """The blocks inside a block, with their relaying clipped, from the leaves up.

    Attributes
    ----------
    kappa, inner
        What each block takes at cost 1, and what its children's blocks take, Gbit.
    excess
        What the parent of each pays for relaying beyond the clipped cost, per Gbit.
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
        self.children: list[Ints] = [
            np.flatnonzero(block.parent == server) for server in range(count)
        ]
        self.children = [
            children[np.argsort(clipped[children])] for children in self.children
        ]
        self.kappa = contiguous_blocks(replace(block, relay=clipped)).capacity
        self.inner = np.zeros(count)
        self.apart, self.lift = np.ones(count), np.zeros(count)
        self.excess = np.maximum(block.relay - clipped, 0.0)
        self.charges = np.zeros((count, count))
        for server in range(count - 1, 0, -1):
            self._climb(block, clipped, server)

    def _climb(self, block: SinkTree, clipped: Floats, server: int) -> None:
        children, d, own = (
            self.children[server],
            block.distance[server],
            block.own[server],
        )
        rest, spent = 1.0, 0.0
        for child in children:
            take = self.kappa[child] * rest
            self.inner[server] += take
            spent += clipped[child] * take
            rest = max(0.0, rest - d * take)
        scale = own - d * spent
        if not len(children):
            return
        dearest = float(clipped[children].max())
        through = max(0.0, 1.0 - dearest / scale) if scale > 0.0 else 0.0
        through *= max(0.0, 1.0 - d / own)
        factors = np.maximum(0.0, 1.0 - d * self.kappa[children])
        for k, child in enumerate(children):
            self.apart[child] = np.prod(np.delete(factors, k))
            self.lift[child] = self.apart[child] * through
            self.charges[server] += self.lift[child] * self.charges[child]
        own_share = max(0.0, self.kappa[server] - self.inner[server])
        self.charges[server][children] += own_share * self.excess[children]
