"""The state of the depth-first search over prefixes, kept between its slices."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optkit.allocation.exact.branch_and_bound.node_lp_kernels import (
    Program,
    Scratch,
    new_program,
    new_scratch,
)
from optkit.core.arrays import Bools, Floats, Ints


class Path(NamedTuple):
    """The current prefix, and the open children of each node on the way to it.

    Parameters
    ----------
    length
        Servers in the prefix, shape (1,); −1 when the search is over, −2 before it begins.
    order, sent
        The prefix, and whether each server is in it, shape (n,).
    child, bound
        Open children of each depth by falling bound, and these bounds, shape (n + 1, n).
    at, children
        Number of the current child, and how many there are, shape (n + 1,).
    """

    length: Ints
    order: Ints
    sent: Bools
    child: Ints
    bound: Floats
    at: Ints
    children: Ints


class Binding(NamedTuple):
    """The rows that bound each child; they hold below it too.

    Parameters
    ----------
    rows, rhs
        By depth and child, shapes (n, n, n, n) and (n, n, n).
    number
        How many rows, shape (n, n).
    """

    rows: Floats
    rhs: Floats
    number: Ints


class Simplex(NamedTuple):
    """Working arrays and results of the bounded simplex.

    Parameters
    ----------
    tableau, basis
        Shapes (m + 1, n + 1) and (n + m,).
    loads, prices
        Shapes (n,) and (m,).
    """

    tableau: Floats
    basis: Ints
    loads: Floats
    prices: Floats


class SearchState(NamedTuple):
    """The whole state of one search.

    Parameters
    ----------
    path
        The node that it has reached.
    scratch, program, simplex
        Working arrays for one node.
    root, root_count
        The program of the empty prefix, and how many rows it has, shape (1,).
    binding
        The rows that bounded the nodes on the way.
    scalars
        Most load known at cost 1, largest bound given up, programs solved, improvements.
    best_order
        The order that takes the most load known, shape (n,).
    """

    path: Path
    scratch: Scratch
    program: Program
    simplex: Simplex
    root: Program
    root_count: Ints
    binding: Binding
    scalars: Floats
    best_order: Ints


def new_state(order: Ints, value: float) -> SearchState:
    """Return a search that has not begun; ``order`` takes ``value`` Gbit at cost 1."""
    n = len(order)
    rows = 16 * n + 2
    return SearchState(
        path=Path(
            length=np.array([-2]),
            order=np.zeros(n, dtype=np.int64),
            sent=np.zeros(n, dtype=np.bool_),
            child=np.zeros((n + 1, n), dtype=np.int64),
            bound=np.zeros((n + 1, n)),
            at=np.zeros(n + 1, dtype=np.int64),
            children=np.zeros(n + 1, dtype=np.int64),
        ),
        scratch=new_scratch(n),
        program=new_program(rows, n),
        simplex=Simplex(
            tableau=np.zeros((rows + 1, n + 1)),
            basis=np.zeros(n + rows, dtype=np.int64),
            loads=np.zeros(n),
            prices=np.zeros(rows),
        ),
        root=new_program(rows, n),
        root_count=np.zeros(1, dtype=np.int64),
        binding=Binding(
            rows=np.zeros((n, n, n, n)),
            rhs=np.zeros((n, n, n)),
            number=np.zeros((n, n), dtype=np.int64),
        ),
        scalars=np.array([value, 0.0, 0.0, 0.0]),
        best_order=np.array(order, dtype=np.int64),
    )
