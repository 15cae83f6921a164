"""Depth-first search over prefixes, in slices, so that limits and Ctrl-C are held."""

from __future__ import annotations

import numpy as np

from optkit.allocation.exact.branch_and_bound.dominance_kernels import dominated
from optkit.allocation.exact.branch_and_bound.node_rows_kernels import node_rows
from optkit.allocation.problem.bounded_simplex_kernels import maximise
from optkit.core.runtime.compiled import jitable
from optkit.core.runtime.loops import loop


@jitable
def _inherit(binding, depth, before, program, m):  # type: ignore[no-untyped-def]
    """Add the rows that bounded ``before`` one level up; return the row count."""
    rows, rhs = program.rows, program.rhs
    for q in range(binding.number[depth - 1, before]):
        for j in range(rows.shape[1]):
            rows[m, j] = binding.rows[depth - 1, before, q, j]
        rhs[m] = binding.rhs[depth - 1, before, q]
        m += 1
    return m


@jitable
def _remember(binding, depth, i, program, prices, first, m):  # type: ignore[no-untyped-def]
    """Keep the rows from ``first`` on that bind the bound of child i, n at most."""
    rows, rhs = program.rows, program.rhs
    n = rows.shape[1]
    kept = 0
    for r in range(first, m):
        if prices[r] > 0.0 and kept < n:
            for j in range(n):
                binding.rows[depth, i, kept, j] = rows[r, j]
            binding.rhs[depth, i, kept] = rhs[r]
            kept += 1
    binding.number[depth, i] = kept


@jitable
def _offer(rows, order, loads, scalars, best_order):  # type: ignore[no-untyped-def]
    """Keep a complete order if it takes more. Its rows are exact; scale them to cost 1."""
    n = len(order)
    cost = 0.0
    total = 0.0
    for r in range(n):
        value = 0.0
        for j in range(n):
            value += rows[r, j] * loads[j]
        cost = max(cost, value)
        total += loads[r]
    if cost > 0.0 and total / cost > scalars[0]:
        scalars[0] = total / cost
        scalars[3] += 1.0
        for j in range(n):
            best_order[j] = order[j]


@jitable
def _insert(child, bounds, depth, count, i, bound):  # type: ignore[no-untyped-def]
    """Insert child i among the ``count`` open children of ``depth``, by falling bound."""
    q = count
    while q > 0 and bounds[depth, q - 1] < bound:
        bounds[depth, q] = bounds[depth, q - 1]
        child[depth, q] = child[depth, q - 1]
        q -= 1
    bounds[depth, q] = bound
    child[depth, q] = i


@jitable
def _expand(arrays, state, depth, above, tolerance):  # type: ignore[no-untyped-def]
    """Bound every child of the node whose prefix is ``order[:depth]``; keep the open ones.

    Returns the number of programs solved.
    """
    path, program, simplex = state.path, state.program, state.simplex
    order, sent, scalars = path.order, path.sent, state.scalars
    rows, binding = program.rows, state.binding
    parent, relay, below = arrays.parent, arrays.relay, arrays.below
    n = len(order)
    count = 0
    solved = 0
    for i in range(n):
        if sent[i]:
            continue
        order[depth] = i
        sent[i] = True
        if not dominated(
            parent, relay, below, arrays.block_size, order, depth + 1, sent
        ):
            last = depth + 1
            if last == n - 1:
                for j in range(n):
                    if not sent[j]:
                        order[n - 1] = j
                last = n
            m = node_rows(
                arrays,
                order,
                last,
                sent,
                state.scratch,
                program,
                state.root,
                state.root_count[0],
            )
            if depth > 0 and last < n:
                m = _inherit(binding, depth, order[depth - 1], program, m)
            bound = maximise(
                rows,
                program.rhs,
                m,
                arrays.own,
                simplex.tableau,
                simplex.basis,
                simplex.loads,
                simplex.prices,
            )
            bound = min(above, bound * (1.0 + 1e-12))
            _remember(binding, depth, i, program, simplex.prices, last, m)
            solved += 1
            if last == n:
                _offer(rows, order, simplex.loads, scalars, state.best_order)
                scalars[1] = max(scalars[1], bound)
            elif bound <= scalars[0] * (1.0 + tolerance):
                scalars[1] = max(scalars[1], bound)
            else:
                _insert(path.child, path.bound, depth, count, i, bound)
                count += 1
        sent[i] = False
    path.at[depth] = 0
    path.children[depth] = count
    return solved


@loop(
    lambda arrays, state, slice_nodes, tolerance: (
        (slice_nodes + len(arrays.own)) * 10 * (len(arrays.own) + 2) ** 3
    )
)
def branch(arrays, state, slice_nodes, tolerance):  # type: ignore[no-untyped-def]
    """Search until some ``slice_nodes`` programs are solved; return how many were solved.

    Parameters
    ----------
    arrays
        A :class:`~optkit.allocation.problem.subtree_arrays.SubtreeArrays`.
    state
        A :class:`~optkit.allocation.exact.branch_and_bound.state.SearchState`.
    slice_nodes
        Programs to solve; it ends after bounding all children of the last node.
    tolerance
        A node is given up if its bound is at most this much above the incumbent,
        relative to it.
    """
    path, root, scalars = state.path, state.root, state.scalars
    length, order, sent, at = path.length, path.order, path.sent, path.at
    solved = 0
    if length[0] == -2:
        length[0] = 0
        state.root_count[0] = node_rows(
            arrays, order, 0, sent, state.scratch, root, state.program, 0
        )
        solved += _expand(arrays, state, 0, np.inf, tolerance)
    while length[0] >= 0 and solved < slice_nodes:
        k = length[0]
        if at[k] >= path.children[k]:
            length[0] = k - 1
            if k > 0:
                sent[order[k - 1]] = False
                at[k - 1] += 1
            continue
        bound = path.bound[k, at[k]]
        if bound <= scalars[0] * (1.0 + tolerance):
            # Children are sorted by their bounds, so none of the rest is better.
            scalars[1] = max(scalars[1], bound)
            at[k] = path.children[k]
            continue
        order[k] = path.child[k, at[k]]
        sent[order[k]] = True
        length[0] = k + 1
        solved += _expand(arrays, state, k + 1, bound, tolerance)
    scalars[2] += solved
    return solved
