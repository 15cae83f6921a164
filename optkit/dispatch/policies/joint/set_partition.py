"""Assign access points to servers by HiGHS, with one column per set of senders."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optkit.backends.direct import new_solver, pass_program, solved_to_optimality
from optkit.backends.scaling import factor_for


def cheapest_partition(
    costs: Mapping[tuple[int, frozenset[int]], float], members: list[int]
) -> dict[int, int] | None:
    """Return the server of every member such that the sum of costs is least.

    Parameters
    ----------
    costs
        (server, set of members) → cost, for every set that a server may serve, the empty
        one included.
    members
        All members; each is in exactly one set, and each server has exactly one set.

    Returns
    -------
    dict or None
        Server of each member; None if HiGHS does not prove optimality.
    """
    columns = list(costs)
    servers = sorted({server for server, _ in columns})
    row_of = {server: row for row, server in enumerate(servers)}
    first = len(servers)
    member_row = {member: first + n for n, member in enumerate(members)}
    start, index = [0], []
    for server, chosen in columns:
        index += [row_of[server], *(member_row[member] for member in sorted(chosen))]
        start.append(len(index))
    rows = first + len(members)
    cost = np.array(list(costs.values()))
    # The tolerances of HiGHS are absolute; so are those of its heuristics.
    cost *= factor_for(float(np.abs(cost).max(initial=0.0)))
    solver = new_solver(mip_rel_gap=0.0, mip_abs_gap=0.0)
    pass_program(
        solver,
        cost=cost,
        column_upper=1.0,
        row_lower=np.ones(rows),
        row_upper=np.ones(rows),
        start=np.array(start),
        index=np.array(index),
        values=np.ones(len(index)),
        columnwise=True,
        integer=True,
    )
    if not solved_to_optimality(solver):
        return None
    values = solver.getSolution().col_value
    return {
        member: server
        for (server, chosen), value in zip(columns, values, strict=True)
        if value > 0.5
        for member in chosen
    }
