"""Sharing the task between the master and the subtrees (P1(c'), in closed form).

A subtree costs ρ per Gbit at best (Theorem 2: costs scale with load), and each Gbit that
is sent into it costs the master relaying energy c. Minimising z subject to z ≥ ρ_t Y_t and
z ≥ a_0 y_0 + Σ c_t Y_t is, at z = 1, a fractional knapsack: fill the subtrees that cost the
master least first. The paper's form divides by a subtree's load, which is zero where the
master alone is best; this form has no such division.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats


@dataclass(frozen=True, eq=False)
class TaskSplit:
    """The load of the master and of each subtree.

    Parameters
    ----------
    cost
        z, the largest cost.
    master
        The master's own load y_0 in Gbit.
    subtrees
        Load Y_t of each subtree in Gbit, shape (T,).
    """

    cost: float
    master: float
    subtrees: Floats


def split_task(size: float, own: float, send: Floats, unit_cost: Floats) -> TaskSplit:
    """Share a task of ``size`` Gbit at the least possible largest cost.

    Parameters
    ----------
    size
        Y in Gbit.
    own
        a_0, the master's cost per Gbit of its own load.
    send
        c_t, the master's cost per Gbit it sends into each subtree, shape (T,).
    unit_cost
        ρ_t, each subtree's least cost per Gbit, shape (T,); infinite for one that cannot
        take load.
    """
    loads = np.zeros(len(send))
    budget = 1.0
    total = 0.0
    for t in np.argsort(send, kind="stable"):
        if send[t] >= own:  # it costs the master no more to compute it itself
            break
        if unit_cost[t] == 0.0 and send[t] == 0.0:
            loads[:] = 0.0
            loads[t] = size
            return TaskSplit(0.0, 0.0, loads)
        room = np.inf if unit_cost[t] == 0.0 else 1.0 / unit_cost[t]
        afford = np.inf if send[t] == 0.0 else budget / send[t]
        loads[t] = min(room, afford)
        total += loads[t]
        budget -= loads[t] * send[t]
        if afford <= room:
            budget = 0.0
            break
    if own == 0.0:
        return TaskSplit(0.0, size, np.zeros(len(send)))
    local = max(budget, 0.0) / own
    total += local
    return TaskSplit(size / total, size * (local / total), size * (loads / total))
