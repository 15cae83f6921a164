"""Compiled loops over the law of the length of one queue.

In a slot, 0 … A jobs arrive with probabilities a[0 … A] and join as far as there is room;
then, if the queue is not empty, one job leaves with probability μ. With A = 1 this is the
paper's kernel: [0,0] = 1 − b + bμ, [l,l−1] = μ(1 − b), [L,L−1] = μ.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop

NEGLIGIBLE = 1e-15
"""A longest length with less probability than this is merged with the next shorter one."""


@inner_loop
def advance_law(law: Any, scratch: Any, top: int, arrivals: Any, rate: float) -> Any:
    """Advance the law of the length by one slot, in place.

    Parameters
    ----------
    law
        (L + 1,); zero above ``top``.
    scratch
        Of the same shape; overwritten.
    top
        Longest length with positive probability.
    arrivals, rate
        The slot's arrivals, and μ.

    Returns
    -------
    tuple of int and float
        The new longest length with positive probability, and the expected number of
        drops.
    """
    limit = len(law) - 1
    most = len(arrivals) - 1
    reach = min(limit, top + most)
    drops = 0.0
    for length in range(reach + 1):
        scratch[length] = 0.0
    # The inner loops run over lengths without branches, so they become vector code.
    for count in range(most + 1):
        share = arrivals[count]
        if share == 0.0:
            continue
        room = min(top, limit - count)
        for length in range(room + 1):
            scratch[length + count] += law[length] * share
        for length in range(max(room + 1, 0), top + 1):
            drops += law[length] * share * (length + count - limit)
            scratch[limit] += law[length] * share
    law[reach] = scratch[reach] * (1.0 - rate)
    for length in range(reach):
        law[length] = scratch[length] * (1.0 - rate) + scratch[length + 1] * rate
    law[0] += scratch[0] * rate
    while reach > 0 and law[reach] < NEGLIGIBLE:
        law[reach - 1] += law[reach]
        law[reach] = 0.0
        reach -= 1
    return reach, drops


@inner_loop
def expected_next(value: Any, arrivals: Any, rate: float) -> Any:
    """Return the expectation of ``value`` one slot later, by the length now."""
    limit = len(value) - 1
    after = np.empty(limit + 1)
    after[0] = value[0]
    for length in range(1, limit + 1):
        after[length] = (1.0 - rate) * value[length] + rate * value[length - 1]
    before = np.zeros(limit + 1)
    for length in range(limit + 1):
        for count in range(len(arrivals)):
            before[length] += arrivals[count] * after[min(length + count, limit)]
    return before


@inner_loop
def _quotient(a: float, b: float, c: float, d: float) -> Any:
    """Return real and imaginary part of (a + ib) / (c + id), as Python does."""
    if abs(c) >= abs(d):
        ratio = d / c
        denominator = c + d * ratio
        return (a + b * ratio) / denominator, (b - a * ratio) / denominator
    ratio = c / d
    denominator = c * ratio + d
    return (a * ratio + b) / denominator, (b * ratio - a) / denominator


@inner_loop
def _solve(
    weight_re: float,
    weight_im: float,
    arrivals: Any,
    rate: float,
    right: Any,
    re: Any,
    im: Any,
    x_re: Any,
    x_im: Any,
) -> None:
    """Solve (I − w P) x = r for |w| < 1 by elimination without pivoting.

    P has one diagonal below the main one and A above. Each row of w P adds up to less than
    one, so the diagonal dominates. Real and imaginary parts are apart: complex numbers take
    long to compile, and plain Python and NumPy divide them differently.

    Parameters
    ----------
    weight_re, weight_im, arrivals, rate, right
        w, the law of the arrivals, μ and r.
    re, im
        (L + 1, A + 2), overwritten: the matrix, columns l − 1 … l + A.
    x_re, x_im
        (L + 1,), overwritten by the solution.
    """
    limit = len(right) - 1
    most = len(arrivals) - 1
    width = most + 2
    for length in range(limit + 1):
        for offset in range(width):
            re[length, offset] = 0.0
            im[length, offset] = 0.0
        for count in range(most + 1):
            reached = min(length + count, limit)
            stay = reached - length + 1
            share_re = weight_re * arrivals[count]
            share_im = weight_im * arrivals[count]
            if reached == 0:
                re[length, stay] -= share_re
                im[length, stay] -= share_im
            else:
                re[length, stay] -= share_re * (1.0 - rate)
                im[length, stay] -= share_im * (1.0 - rate)
                re[length, stay - 1] -= share_re * rate
                im[length, stay - 1] -= share_im * rate
        re[length, 1] += 1.0
        x_re[length] = right[length]
        x_im[length] = 0.0
    for length in range(1, limit + 1):
        above = length - 1
        f_re, f_im = _quotient(re[length, 0], im[length, 0], re[above, 1], im[above, 1])
        if f_re != 0.0 or f_im != 0.0:
            for offset in range(1, width):
                b_re, b_im = re[above, offset], im[above, offset]
                re[length, offset - 1] -= f_re * b_re - f_im * b_im
                im[length, offset - 1] -= f_re * b_im + f_im * b_re
            b_re, b_im = x_re[above], x_im[above]
            x_re[length] -= f_re * b_re - f_im * b_im
            x_im[length] -= f_re * b_im + f_im * b_re
    for length in range(limit, -1, -1):
        t_re, t_im = x_re[length], x_im[length]
        for offset in range(2, width):
            later = length + offset - 1
            if later <= limit:
                a_re, a_im = re[length, offset], im[length, offset]
                b_re, b_im = x_re[later], x_im[later]
                t_re -= a_re * b_re - a_im * b_im
                t_im -= a_re * b_im + a_im * b_re
        x_re[length], x_im[length] = _quotient(t_re, t_im, re[length, 1], im[length, 1])


def stationary_steps(arrivals: Any, per: int, cost: Any) -> int:
    """Return about how many steps :func:`stationary_cost` takes."""
    return per * len(cost) * (3 * len(arrivals) + 6)


@loop(
    lambda arrivals, rate, per, discount, cost, penalty: stationary_steps(
        arrivals, per, cost
    )
)
def stationary_cost(
    arrivals: Any, rate: float, per: int, discount: float, cost: Any, penalty: float
) -> Any:
    """Return the discounted cost by length if arrivals never change.

    It includes the present boundary: h = (I − γ P^t)^{-1} (g + γ d), with d the drops of
    one interval. The inverse is the mean of (I − a ω^k P)^{-1} over the t-th roots of
    unity ω^k, with a^t = γ: t banded systems in place of a power of P. Of two conjugate
    systems one is solved.
    """
    limit = len(cost) - 1
    full = np.zeros(limit + 1)
    if penalty > 0.0:
        for length in range(limit + 1):
            for count in range(len(arrivals)):
                over = length + count - limit
                if over > 0:
                    full[length] += penalty * arrivals[count] * over
    drops = np.zeros(limit + 1)
    if penalty > 0.0:
        for _ in range(per):
            drops = expected_next(drops, arrivals, rate)
            for length in range(limit + 1):
                drops[length] += full[length]
    right = np.empty(limit + 1)
    for length in range(limit + 1):
        right[length] = cost[length] + discount * drops[length]
    if discount == 0.0:
        return right
    base = discount ** (1.0 / per)
    total = np.zeros(limit + 1)
    width = len(arrivals) + 1
    re, im = np.empty((limit + 1, width)), np.empty((limit + 1, width))
    x_re, x_im = np.empty(limit + 1), np.empty(limit + 1)
    for k in range(per // 2 + 1):
        angle = 2.0 * math.pi * k / per
        weight_re, weight_im = base * math.cos(angle), base * math.sin(angle)
        times = 1.0 if k == 0 or 2 * k == per else 2.0
        _solve(weight_re, weight_im, arrivals, rate, right, re, im, x_re, x_im)
        for length in range(limit + 1):
            total[length] += times * x_re[length]
    for length in range(limit + 1):
        total[length] /= per
    return total


@loop(
    lambda start, arrivals, rate, per, discount, cost, penalty, later: (
        arrivals.size * len(cost)
    )
)
def transient_cost(
    start: int,
    arrivals: Any,
    rate: float,
    per: int,
    discount: float,
    cost: Any,
    penalty: float,
    later: Any,
) -> float:
    """Return the discounted cost from the next boundary on, while arrivals change.

    Parameters
    ----------
    start
        Length at the last boundary.
    arrivals
        (slots, A + 1), laws of the arrivals in the slots after it; whole intervals.
    rate, per, discount, cost, penalty
        μ, t_B, γ, the stage cost by length, and the penalty of a drop.
    later
        Discounted cost by length from the boundary after these slots on.
    """
    limit = len(cost) - 1
    top = min(start, limit)
    law, scratch = np.zeros(limit + 1), np.zeros(limit + 1)
    law[top] = 1.0
    value = 0.0
    weight = 1.0
    slots = len(arrivals)
    for slot in range(slots):
        top, drops = advance_law(law, scratch, top, arrivals[slot], rate)
        value += weight * penalty * drops
        if (slot + 1) % per == 0:
            expected = 0.0
            if slot + 1 == slots:
                for length in range(limit + 1):
                    expected += law[length] * later[length]
                value += weight * expected
            else:
                for length in range(limit + 1):
                    expected += law[length] * cost[length]
                value += weight * expected
                weight *= discount
    return value
