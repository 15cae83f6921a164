"""A node's linear program as arrays, and how its rows are begun and added to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba.extending import register_jitable

from optkit.allocation.exact.branch_and_bound.capacity_kernels import Capacities
from optkit.core.arrays import Floats, Ints


class Program(NamedTuple):
    """Rows ``rows · loads ≤ rhs``, in loads, not scaled.

    Parameters
    ----------
    rows, rhs
        Shapes (m, n) and (m,), with room for the most rows that a node has.
    owner
        Whose block each row is about, shape (m,); not set where nobody asks.
    """

    rows: Floats
    rhs: Floats
    owner: Ints


class Places(NamedTuple):
    """Which row of the program is whose, arrays of shape (n,).

    Parameters
    ----------
    block
        The row of what the block at v takes.
    relaying
        The row of what v relays out of its own budget; −1 for none.
    together
        The row of the block at c and its siblings before it; −1 for none.
    prices
        The row of least prices in the block at v.
    """

    block: Ints
    relaying: Ints
    together: Ints
    prices: Ints


class Scratch(NamedTuple):
    """Where a node's rows are worked out; arrays of shape (n,).

    Parameters
    ----------
    room
        What the blocks can take.
    places
        Which row is whose.
    plain, least, loss
        See :mod:`~optkit.allocation.exact.branch_and_bound.least_price_kernels` and
        :mod:`~optkit.allocation.exact.branch_and_bound.loss_kernels`.
    begun
        Place of the first server of each block that is sent; k for none.
    """

    room: Capacities
    places: Places
    plain: Floats
    least: Floats
    loss: Floats
    begun: Ints


def new_program(rows: int, servers: int) -> Program:
    """Return a program of up to ``rows`` rows."""
    owner = np.zeros(rows, dtype=np.int64)
    return Program(np.zeros((rows, servers)), np.zeros(rows), owner)


def new_scratch(servers: int) -> Scratch:
    """Return what the programs of a subtree of ``servers`` are worked out in."""
    return Scratch(
        room=Capacities(*np.zeros((len(Capacities._fields), servers))),
        places=Places(*np.zeros((len(Places._fields), servers), dtype=np.int64)),
        plain=np.zeros(servers),
        least=np.zeros(servers),
        loss=np.zeros(servers),
        begun=np.zeros(servers, dtype=np.int64),
    )


@register_jitable
def begin_row(wait, order, k, v, amount, rows, rhs, owner, m):  # type: ignore[no-untyped-def]
    """Begin row m: at most ``amount`` times what is left of the budget in v's block.

    Those sent, the first k of ``order``, take their waiting there out of it.
    """
    for j in range(len(wait)):
        rows[m, j] = 0.0
    for pos in range(k):
        j = order[pos]
        rows[m, j] = wait[v, j] * amount
    rhs[m] = amount
    owner[m] = v


@register_jitable
def count_unsent(below, sent, v, rows, m):  # type: ignore[no-untyped-def]
    """Add the loads of the unsent servers of v's block to row m."""
    for j in range(len(sent)):
        if below[v, j] and not sent[j]:
            rows[m, j] += 1.0


@register_jitable
def add(rows, m, weight, loss):  # type: ignore[no-untyped-def]
    """Add ``weight`` times ``loss`` to row m."""
    for j in range(len(loss)):
        rows[m, j] += weight * loss[j]
