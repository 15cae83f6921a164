"""Share access points out among servers, a column for each set, by HiGHS."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def cheapest_partition(
    costs: Mapping[tuple[int, frozenset[int]], float], members: list[int]
) -> dict[int, int] | None:
    """Return the server of every member, at the least sum of costs.

    Parameters
    ----------
    costs
        (server, set of members) → cost, for every set that a server may serve; the empty
        one included.
    members
        All of them; each is in one set, and each server has one set.

    Returns
    -------
    dict or None
        Server of each member; None if HiGHS does not finish.
    """
    import highspy

    columns = list(costs)
    servers = sorted({server for server, _ in columns})
    row_of = {server: row for row, server in enumerate(servers)}
    first = len(servers)
    member_row = {member: first + n for n, member in enumerate(members)}
    start, index = [0], []
    for server, chosen in columns:
        index += [row_of[server], *(member_row[member] for member in sorted(chosen))]
        start.append(len(index))
    rows, count = first + len(members), len(columns)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = count, rows
    program.col_cost_ = np.array(list(costs.values()))
    program.col_lower_, program.col_upper_ = np.zeros(count), np.ones(count)
    program.row_lower_ = program.row_upper_ = np.ones(rows)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.array(start)
    program.a_matrix_.index_ = np.array(index)
    program.a_matrix_.value_ = np.ones(len(index))
    program.integrality_ = [highspy.HighsVarType.kInteger] * count
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.0)
    solver.passModel(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    values = solver.getSolution().col_value
    return {
        member: server
        for (server, chosen), value in zip(columns, values, strict=True)
        if value > 0.5
        for member in chosen
    }
