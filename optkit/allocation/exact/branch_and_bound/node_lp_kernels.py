"""A node's linear program as arrays, and functions that begin and extend its rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optkit.allocation.exact.branch_and_bound.capacity_kernels import Capacities
from optkit.core.arrays import Floats, Ints
from optkit.core.runtime.compiled import jitable


class Program(NamedTuple):
    """Rows ``rows · loads ≤ rhs``, in loads, not scaled.

    Parameters
    ----------
    rows, rhs
        Shapes (m, n) and (m,), with room for the most rows that a node has.
    owner
        The server whose block each row bounds, shape (m,); set only where it is used.
    """

    rows: Floats
    rhs: Floats
    owner: Ints


class RowNumbers(NamedTuple):
    """Row of the program for each server, arrays of shape (n,).

    Parameters
    ----------
    block
        The row that bounds the block at v.
    relaying
        The row that charges v for relaying out of its own budget; −1 for none.
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
    """Working arrays for a node's rows; arrays of shape (n,).

    Parameters
    ----------
    capacities
        What the blocks can take.
    row_numbers
        Which row belongs to which server.
    plain, least, loss
        See :mod:`~optkit.allocation.exact.branch_and_bound.least_price_kernels` and
        :mod:`~optkit.allocation.exact.branch_and_bound.loss_kernels`.
    begun
        Position of the first server of each block that is sent; k for none.
    """

    capacities: Capacities
    row_numbers: RowNumbers
    plain: Floats
    least: Floats
    loss: Floats
    begun: Ints


def new_program(rows: int, servers: int) -> Program:
    """Return a program of up to ``rows`` rows."""
    owner = np.zeros(rows, dtype=np.int64)
    return Program(np.zeros((rows, servers)), np.zeros(rows), owner)


def new_scratch(servers: int) -> Scratch:
    """Return working arrays for the programs of a subtree of ``servers``."""
    return Scratch(
        capacities=Capacities(*np.zeros((len(Capacities._fields), servers))),
        row_numbers=RowNumbers(
            *np.zeros((len(RowNumbers._fields), servers), dtype=np.int64)
        ),
        plain=np.zeros(servers),
        least=np.zeros(servers),
        loss=np.zeros(servers),
        begun=np.zeros(servers, dtype=np.int64),
    )


@jitable
def begin_row(wait, order, k, v, amount, rows, rhs, owner, m):  # type: ignore[no-untyped-def]
    """Begin row m: at most ``amount`` times what is left of the budget in v's block.

    The servers sent, the first k of ``order``, use it up by the waiting they cause there.
    """
    for j in range(len(wait)):
        rows[m, j] = 0.0
    for pos in range(k):
        j = order[pos]
        rows[m, j] = wait[v, j] * amount
    rhs[m] = amount
    owner[m] = v


@jitable
def count_unsent(below, sent, v, rows, m):  # type: ignore[no-untyped-def]
    """Add the loads of the unsent servers of v's block to row m."""
    for j in range(len(sent)):
        if below[v, j] and not sent[j]:
            rows[m, j] += 1.0


@jitable
def add(rows, m, weight, loss):  # type: ignore[no-untyped-def]
    """Add ``weight`` times ``loss`` to row m."""
    for j in range(len(loss)):
        rows[m, j] += weight * loss[j]
