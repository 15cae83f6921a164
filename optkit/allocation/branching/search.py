"""Depth-first search over prefixes, in slices, so that limits and Ctrl-C are held."""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from optkit.allocation.branching.relaxation import maximise, node_rows


@register_jitable
def dominated(parent, relay, below, size, order, k, sent):  # type: ignore[no-untyped-def]
    """Say whether another order is as good as any that begins with this prefix."""
    n = len(parent)
    v = order[k - 1]
    # A server right after a closed run of its own descendants, the first of them: it may
    # as well be sent before the run.
    run = 0
    while run < k - 1 and below[v, order[k - 2 - run]]:
        run += 1
    if run > 0:
        count = 0
        for j in range(n):
            if j != v and below[v, j] and sent[j]:
                count += 1
        if count == run:
            closed = True
            for pos in range(k - 1 - run, k - 1):
                i = order[pos]
                for j in range(n):
                    if below[i, j] and not sent[j]:
                        closed = False
                        break
                if not closed:
                    break
            if closed:
                return True
    # Two whole sibling blocks next to each other: the cheaper to relay to comes first.
    c = v
    while c >= 0:
        width = size[c]
        if width > k:
            return False
        for pos in range(k - width, k):
            if not below[c, order[pos]]:
                return False
        p = parent[c]
        if p >= 0 and width < k:
            b = order[k - width - 1]
            while b >= 0 and parent[b] != p:
                b = parent[b]
            if b >= 0 and b != c and size[b] + width <= k:
                whole = True
                for pos in range(k - width - size[b], k - width):
                    if not below[b, order[pos]]:
                        whole = False
                        break
                if whole and (relay[b] > relay[c] or (relay[b] == relay[c] and b > c)):
                    return True
        c = p
    return False


@register_jitable
def expand(  # type: ignore[no-untyped-def]
    parent,
    dist,
    own,
    relay,
    step,
    kid_start,
    kids,
    wait,
    burden,
    below,
    size,
    order,
    sent,
    depth,
    above,
    child,
    child_bound,
    at,
    count,
    work,
    rows,
    rhs,
    owner,
    base_rows,
    base_rhs,
    base_owner,
    base_count,
    pool,
    pool_rhs,
    pool_count,
    tableau,
    basis,
    loads,
    prices,
    scalars,
    best_order,
    tolerance,
):
    """Bound every child of the node whose prefix is ``order[:depth]``; keep the open.

    Returns the number of programs solved.
    """
    n = len(parent)
    found = 0
    done = 0
    for i in range(n):
        if sent[i]:
            continue
        order[depth] = i
        sent[i] = True
        if not dominated(parent, relay, below, size, order, depth + 1, sent):
            last = depth + 1
            if last == n - 1:
                for j in range(n):
                    if not sent[j]:
                        order[n - 1] = j
                last = n
            m = node_rows(
                parent,
                dist,
                own,
                relay,
                step,
                kid_start,
                kids,
                wait,
                burden,
                below,
                size,
                order,
                last,
                sent,
                work,
                rows,
                rhs,
                owner,
                base_rows,
                base_rhs,
                base_owner,
                base_count[0],
            )
            if depth > 0 and last < n:
                # What held the parent's bound down holds here too.
                before = order[depth - 1]
                for q in range(pool_count[depth - 1, before]):
                    for j in range(n):
                        rows[m, j] = pool[depth - 1, before, q, j]
                    rhs[m] = pool_rhs[depth - 1, before, q]
                    m += 1
            bound = maximise(rows, rhs, m, own, tableau, basis, loads, prices)
            bound = min(above, bound * (1.0 + 1e-12))
            kept = 0
            for r in range(last, m):
                if prices[r] > 0.0 and kept < n:
                    for j in range(n):
                        pool[depth, i, kept, j] = rows[r, j]
                    pool_rhs[depth, i, kept] = rhs[r]
                    kept += 1
            pool_count[depth, i] = kept
            done += 1
            if last == n:
                # All rows are exact: the loads, scaled to cost 1, are a solution.
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
                scalars[1] = max(scalars[1], bound)
            elif bound <= scalars[0] * (1.0 + tolerance):
                scalars[1] = max(scalars[1], bound)
            else:
                q = found
                while q > 0 and child_bound[depth, q - 1] < bound:
                    child_bound[depth, q] = child_bound[depth, q - 1]
                    child[depth, q] = child[depth, q - 1]
                    q -= 1
                child_bound[depth, q] = bound
                child[depth, q] = i
                found += 1
        sent[i] = False
    at[depth] = 0
    count[depth] = found
    return done


def branch(  # type: ignore[no-untyped-def]
    parent,
    dist,
    own,
    relay,
    step,
    kid_start,
    kids,
    wait,
    burden,
    below,
    size,
    order,
    sent,
    place,
    child,
    child_bound,
    at,
    count,
    work,
    rows,
    rhs,
    owner,
    base_rows,
    base_rhs,
    base_owner,
    base_count,
    pool,
    pool_rhs,
    pool_count,
    tableau,
    basis,
    loads,
    prices,
    scalars,
    best_order,
    slice_nodes,
    tolerance,
):
    """Work on the search for some ``slice_nodes`` programs; return how many were solved.

    ``place[0]`` is the length of the prefix in hand, −1 when the search is over and −2
    before it begins; ``scalars`` = [most load known at cost 1, largest bound given up,
    programs solved, improvements].
    """
    done = 0
    if place[0] == -2:
        place[0] = 0
        base_count[0] = node_rows(
            parent,
            dist,
            own,
            relay,
            step,
            kid_start,
            kids,
            wait,
            burden,
            below,
            size,
            order,
            0,
            sent,
            work,
            base_rows,
            base_rhs,
            base_owner,
            rows,
            rhs,
            owner,
            0,
        )
        done += expand(
            parent,
            dist,
            own,
            relay,
            step,
            kid_start,
            kids,
            wait,
            burden,
            below,
            size,
            order,
            sent,
            0,
            np.inf,
            child,
            child_bound,
            at,
            count,
            work,
            rows,
            rhs,
            owner,
            base_rows,
            base_rhs,
            base_owner,
            base_count,
            pool,
            pool_rhs,
            pool_count,
            tableau,
            basis,
            loads,
            prices,
            scalars,
            best_order,
            tolerance,
        )
    while place[0] >= 0 and done < slice_nodes:
        k = place[0]
        if at[k] >= count[k]:
            place[0] = k - 1
            if k > 0:
                sent[order[k - 1]] = False
                at[k - 1] += 1
            continue
        bound = child_bound[k, at[k]]
        if bound <= scalars[0] * (1.0 + tolerance):
            # Children stand in the order of their bounds: none of the rest is better.
            scalars[1] = max(scalars[1], bound)
            at[k] = count[k]
            continue
        order[k] = child[k, at[k]]
        sent[order[k]] = True
        place[0] = k + 1
        done += expand(
            parent,
            dist,
            own,
            relay,
            step,
            kid_start,
            kids,
            wait,
            burden,
            below,
            size,
            order,
            sent,
            k + 1,
            bound,
            child,
            child_bound,
            at,
            count,
            work,
            rows,
            rhs,
            owner,
            base_rows,
            base_rhs,
            base_owner,
            base_count,
            pool,
            pool_rhs,
            pool_count,
            tableau,
            basis,
            loads,
            prices,
            scalars,
            best_order,
            tolerance,
        )
    scalars[2] += done
    return done
