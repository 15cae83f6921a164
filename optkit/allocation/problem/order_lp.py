"""The linear program of a fixed order: the shares that make the largest cost least.

min max_i (A s)_i over shares s ≥ 0 with Σ s = 1 (problem P1(a) per unit of load). The
paper solves the KKT system (11). Where all shares and multipliers of its solution are
non-negative, that system is two square linear systems, solved here for many orders at
once. Elsewhere (11), which lacks the multipliers of s ≥ 0, is wrong, and HiGHS solves the
program. Either way the answer carries its certificate: shares give an upper bound on the
optimum, multipliers a lower one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optkit.allocation.problem.order_lp_highs import least_cost_shares
from optkit.core.arrays import Floats, Ints

CERTIFIED = 1e-11
"""Relative distance of the two bounds up to which the square systems are trusted."""


@dataclass(frozen=True, eq=False)
class OrderSolutions:
    """Optimal shares for each of K orders.

    Parameters
    ----------
    shares
        Shape (K, m), non-negative, each row sums to 1.
    cost
        Largest cost per unit of load with these shares, shape (K,).
    bound
        Lower bound on the least possible, from the multipliers, shape (K,).
    """

    shares: Floats
    cost: Floats
    bound: Floats

    def best(self) -> int:
        """Return the number of the order with the least cost; the first of equals."""
        return int(np.argmin(self.cost))


def solve_orders(matrices: Floats, own: Ints, cutoff: float = np.inf) -> OrderSolutions:
    """Solve the program of each of K cost matrices.

    Parameters
    ----------
    matrices
        Shape (K, n, m) with n ≥ m ≥ 1, entries ≥ 0; rows are costs, columns are loads.
    own
        The row of each load's own server, shape (m,). Other rows only relay.
    cutoff
        An order whose multipliers prove it no cheaper than this is not solved further: its
        cost is then only an upper bound.

    Returns
    -------
    OrderSolutions
        With certificates; ``cost`` equals ``bound`` to rounding wherever the bound is
        below the cutoff.
    """
    shares, multipliers = _square_systems(matrices, own)
    cost, bound = certificate(matrices, shares, multipliers)
    doubtful = ~(cost - bound <= CERTIFIED * cost) & ~(bound >= cutoff)
    for k in np.flatnonzero(doubtful):
        share, multiplier = _solve_by_simplex(matrices[k], own)
        exact, lower = certificate(matrices[[k]], share[None], multiplier[None])
        shares[k], cost[k], bound[k] = share, exact[0], lower[0]
    return OrderSolutions(shares, cost, np.minimum(bound, cost))


def _solve_by_simplex(matrix: Floats, own: Ints) -> tuple[Floats, Floats]:
    """Return shares and multipliers where the square systems have no answer."""
    rows, width = matrix.shape
    largest = matrix.max(axis=0)
    free = np.flatnonzero(largest == 0.0)
    if len(free):
        return np.eye(width)[free[0]], np.full(rows, 1.0 / rows)
    share, multiplier = least_cost_shares(matrix, own)
    # The simplex drops prices below its tolerance, which over many decades is not small.
    # Raise the price of the row that counts a column most by what the column lacks.
    short = np.maximum((matrix @ share).max() - multiplier @ matrix, 0.0)
    extra = np.zeros(rows)
    np.maximum.at(extra, matrix.argmax(axis=0), short / largest)
    lifted = (multiplier + extra) / (multiplier + extra).sum()
    if (lifted @ matrix).min() > (multiplier @ matrix).min():
        multiplier = lifted
    return share, multiplier


def certificate(
    matrices: Floats, shares: Floats, multipliers: Floats
) -> tuple[Floats, Floats]:
    """Return an upper and a lower bound on each program's optimum.

    They hold wherever the arguments come from, as long as these are non-negative and sum
    to 1: shares have a largest cost, and a mean of the rows is at most the largest row.

    Parameters
    ----------
    matrices
        Shape (K, n, m).
    shares
        Shape (K, m).
    multipliers
        Shape (K, n).
    """
    cost = np.einsum("kij,kj->ki", matrices, shares).max(axis=1)
    bound = np.einsum("ki,kij->kj", multipliers, matrices).min(axis=1)
    return cost, bound


def _square_systems(matrices: Floats, own: Ints) -> tuple[Floats, Floats]:
    """Return candidates: every server that works at the same cost, every price tight.

    Where a system has no non-negative solution, equal shares or multipliers are returned.
    """
    count, rows, width = matrices.shape
    shares = np.full((count, width), 1.0 / width)
    multipliers = np.full((count, rows), 1.0 / rows)
    square = matrices[:, own, :]
    diagonal = np.diagonal(square, axis1=1, axis2=2)
    if not np.all(diagonal > 0.0):
        return shares, multipliers
    # Columns scaled to unit diagonal: unscaled, rates over many decades spoil both.
    scaled = square / diagonal[:, None, :]
    one = np.ones((count, width, 1))
    try:
        primal = np.linalg.solve(scaled, one)[..., 0] / diagonal
        price = np.linalg.solve(
            scaled.swapaxes(1, 2), (one[..., 0] / diagonal)[..., None]
        )
    except np.linalg.LinAlgError:  # one singular matrix fails the whole batch
        return shares, multipliers
    _write_distributions(shares, primal)
    worker_prices = np.zeros((count, width))
    _write_distributions(worker_prices, price[..., 0])
    settled = worker_prices.any(axis=1)
    multipliers[settled] = 0.0
    multipliers[np.ix_(settled, own)] = worker_prices[settled]
    return shares, multipliers


def _write_distributions(into: Floats, values: npt.NDArray[np.floating[Any]]) -> None:
    """Write to ``into`` the rows of ``values`` that are distributions up to scale."""
    clipped = np.maximum(np.where(np.isfinite(values), values, 0.0), 0.0)
    total = clipped.sum(axis=1)
    usable = total > 0.0
    into[usable] = clipped[usable] / total[usable, None]


def order_count(servers: int) -> float:
    """Return the number of orders of ``servers`` servers; infinite past doubles."""
    return float(math.factorial(servers)) if servers <= 170 else math.inf


def log10_order_count(servers: int) -> float:
    """Return log10 of the number of orders of ``servers`` servers."""
    return math.lgamma(servers + 1) / math.log(10)


def count_in_words(log10: float) -> str:
    """Write the number whose log10 is given, with all its digits where these are few."""
    return f"{round(10**log10)}" if log10 < 12 else f"10^{log10:.0f}"
