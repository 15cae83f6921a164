"""The linear program of a node: what every order that begins with a prefix must obey.

Everything here is plain Python on arrays that numba compiles (``kernel``); called from
Python it runs as it stands. Columns are loads in units of 1/a_i (unit diagonal), so the
simplex starts at zero load, which is feasible, and its pivots are of one magnitude. A
bound is never read off the tableau: the row prices that it ends with, clipped to be
non-negative, are put into the program again, and weak duality gives a valid bound however
the pivots were rounded. ``docs/allocation-bounds.md`` has the inequalities and proofs.
"""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable


@register_jitable
def capacities(  # type: ignore[no-untyped-def]
    parent,
    dist,
    own,
    relay,
    clip,
    kid_start,
    kids,
    sent,
    kappa,
    inner,
    price,
    lift,
    apart,
):
    """Fill in what the servers not yet sent can take, block by block, at cost 1.

    ``kappa[v]``: most load of the unsent servers of the block at v, relaying clipped to
    the condition under which contiguous blocks are optimal; ``inner[v]``: the same of
    those below v only; ``price[v]``: (1 − D_v inner)/a_v, what v loses per unit spent;
    ``apart[c]``: product of the factors 1 − D κ of c's siblings; ``lift[c]``: the least
    that the parent's block loses per Gbit that the block at c does.
    """
    n = len(parent)
    for v in range(n - 1, -1, -1):
        d = dist[v]
        rest = 1.0
        load = 0.0
        spent = 0.0
        for q in range(kid_start[v], kid_start[v + 1]):
            c = kids[q]
            take = kappa[c] * rest
            load += take
            spent += min(relay[c], clip[v]) * take
            rest -= d * take
        if rest < 0.0:
            rest = 0.0
        inner[v] = load
        dearest = 0.0
        for q in range(kid_start[v], kid_start[v + 1]):
            c = kids[q]
            if kappa[c] > 0.0:
                dearest = max(dearest, min(relay[c], clip[v]))
            apart[c] = 1.0
            for z in range(kid_start[v], kid_start[v + 1]):
                if z != q:
                    apart[c] *= max(0.0, 1.0 - d * kappa[kids[z]])
        scale = own[v] - d * spent
        through = 1.0
        if not sent[v]:
            through = 0.0
            if scale > 0.0:
                through = max(0.0, 1.0 - dearest / scale) * max(0.0, 1.0 - d / own[v])
        for q in range(kid_start[v], kid_start[v + 1]):
            lift[kids[q]] = apart[kids[q]] * through * (1.0 - 1e-12)
        price[v] = rest / own[v]
        if sent[v]:
            kappa[v] = load
        else:
            y = (1.0 - spent) / scale if scale > 0.0 else 1.0 / own[v]
            kappa[v] = load + min(y, 1.0 / own[v]) * rest


@register_jitable
def plain_capacities(parent, dist, own, sent, plain):  # type: ignore[no-untyped-def]
    """Fill in the same without any relaying energy."""
    n = len(parent)
    for v in range(n):
        plain[v] = 0.0
    for v in range(n - 1, -1, -1):
        if not sent[v]:
            plain[v] += (1.0 - dist[v] * plain[v]) / own[v]
        p = parent[v]
        if p >= 0:
            plain[p] += plain[v] * (1.0 - dist[p] * plain[p])


@register_jitable
def least_prices(parent, dist, own, sent, plain, i, path_price):  # type: ignore[no-untyped-def]
    """Fill in, for every v from i up to the root, the least price of i inside v's block.

    That is its price when it is sent first of the unsent servers of that block.
    ``path_price`` is indexed by v.
    """
    # The block without i, level by level: i's factor leaves the product.
    d = dist[i]
    factor = 1.0 - d / own[i]
    without = 0.0
    if d > 0.0 and factor > 1e-3:
        without = max(0.0, (1.0 - (1.0 - d * plain[i]) / factor) / d)
        without = min(plain[i], without + 1e-12 / d)
    else:  # dividing would lose digits: from the children
        for c in range(i + 1, len(parent)):
            if parent[c] == i:
                without += plain[c] * (1.0 - d * without)
    was = plain[i]
    waited = 0.0
    v = i
    while True:
        path_price[v] = max(0.0, (1.0 - waited - dist[v] * without) / own[i])
        p = parent[v]
        if p < 0:
            return
        waited += (dist[v] - dist[p]) * without
        d = dist[p]
        others = 1.0 - d * was
        now = plain[p]  # never wrong: the price is only smaller
        if d == 0.0:
            now = plain[p] - was + without
        elif others > 1e-3:
            now = (1.0 - (1.0 - d * plain[p]) / others * (1.0 - d * without)) / d
            now = min(plain[p], now + 1e-12 / d)
        was = plain[p]
        without = now
        v = p


@register_jitable
def costly(excess, i):  # type: ignore[no-untyped-def]
    """Say whether i pays more for relaying than the condition allows."""
    for j in range(len(excess)):  # noqa: SIM110 - compiled
        if excess[i, j] > 0.0:
            return True
    return False


@register_jitable
def add(rows, r, weight, excess, i):  # type: ignore[no-untyped-def]
    """Add ``weight`` times what i pays beyond the condition to row ``r``."""
    for j in range(len(excess)):
        rows[r, j] += weight * excess[i, j]


@register_jitable
def node_rows(  # type: ignore[no-untyped-def]
    parent,
    dist,
    own,
    relay,
    clip,
    kid_start,
    kids,
    wait,
    burden,
    excess,
    below,
    order,
    k,
    sent,
    work,
    rows,
    rhs,
    owner,
    base_rows,
    base_rhs,
    base_owner,
    base_count,
):
    """Write the rows of the node's program; return how many.

    ``rows`` is in loads, not scaled; ``work`` is scratch of shape (12, n).
    """
    n = len(parent)
    kappa, inner, price, lift, apart = work[0], work[1], work[2], work[3], work[4]
    plain, path, least = work[5], work[6], work[7]
    own_row, relay_row, joint_row = work[8], work[9], work[10]
    begun = work[11]
    capacities(
        parent,
        dist,
        own,
        relay,
        clip,
        kid_start,
        kids,
        sent,
        kappa,
        inner,
        price,
        lift,
        apart,
    )
    m = 0
    # Servers already sent: their cost is known in full.
    for pos in range(k):
        i = order[pos]
        for j in range(n):
            rows[m, j] = burden[i, j]
        rows[m, i] += own[i]
        for q in range(pos):
            rows[m, order[q]] += wait[i, order[q]]
        rhs[m] = 1.0
        m += 1
    if k == n:
        return m
    plain_capacities(parent, dist, own, sent, plain)
    for v in range(n):
        if kappa[v] <= 0.0:
            continue
        leaf = kid_start[v] == kid_start[v + 1]
        # Unsent servers of v's block: κ times what is left of the budget there.
        for j in range(n):
            rows[m, j] = 0.0
        for pos in range(k):
            j = order[pos]
            rows[m, j] = wait[v, j] * kappa[v]
        for j in range(n):
            if below[v, j] and not sent[j]:
                rows[m, j] += 1.0
        rhs[m] = kappa[v]
        own_row[v] = m
        relay_row[v] = -1
        owner[m] = v
        m += 1
        if leaf:
            continue
        # Its children's blocks, the cheapest to relay to first, taken together.
        taken = 0.0
        many = 0
        for q in range(kid_start[v], kid_start[v + 1]):
            c = kids[q]
            joint_row[c] = -1
            if kappa[c] <= 0.0:
                continue
            taken += kappa[c] * (1.0 - dist[v] * taken)
            many += 1
            if many == 1:
                continue
            for j in range(n):
                rows[m, j] = 0.0
            for pos in range(k):
                rows[m, order[pos]] = wait[v, order[pos]] * taken
            last = q
            for z in range(kid_start[v], last + 1):
                cz = kids[z]
                for j in range(n):
                    if below[cz, j] and not sent[j]:
                        rows[m, j] += 1.0
            rhs[m] = taken
            joint_row[c] = m
            owner[m] = v
            m += 1
        if not sent[v]:
            # v relays out of the budget that its own load needs.
            for j in range(n):
                rows[m, j] = price[v] * burden[v, j]
                if below[v, j] and not sent[j]:
                    rows[m, j] += 1.0
            room = inner[v] + price[v]
            for pos in range(k):
                rows[m, order[pos]] += wait[v, order[pos]] * room
            rhs[m] = room
            relay_row[v] = m
            owner[m] = v
            m += 1
            for j in range(n):
                rows[m, j] = burden[v, j]
            rows[m, v] += own[v]
            for pos in range(k):
                rows[m, order[pos]] += wait[v, order[pos]]
            rhs[m] = 1.0
            owner[m] = v
            m += 1
        # Prices: whatever the order, i loses at least its least price per unit spent.
        for j in range(n):
            rows[m, j] = 0.0
        for pos in range(k):
            rows[m, order[pos]] = wait[v, order[pos]] * plain[v]
        for j in range(n):
            if below[v, j] and not sent[j]:
                rows[m, j] += 1.0
        rhs[m] = plain[v]
        path[v] = m  # which row is v's
        owner[m] = v
        m += 1
    for i in range(n):
        if sent[i]:
            continue
        least_prices(parent, dist, own, sent, plain, i, least)
        v = i
        while v >= 0:
            if kid_start[v] < kid_start[v + 1]:
                r = int(path[v])
                p = least[v]
                for j in range(n):
                    rows[r, j] += p * burden[i, j]
                for pos in range(k):
                    j = order[pos]
                    rows[r, j] += p * (wait[i, j] - wait[v, j])
            v = parent[v]
        # What i pays beyond the condition shrinks its block, and every block above it.
        if kid_start[i] == kid_start[i + 1] or not costly(excess, i):
            continue
        weight = (kappa[i] - inner[i]) * (1.0 - 1e-12)
        add(rows, int(own_row[i]), weight, excess, i)
        c = i
        v = parent[i]
        while v >= 0 and weight > 0.0:
            d = dist[v]
            reached = False
            factor = 1.0
            for q in range(kid_start[v], kid_start[v + 1]):
                if kids[q] == c:
                    reached = True
                else:
                    factor *= max(0.0, 1.0 - d * kappa[kids[q]])
                if reached and joint_row[kids[q]] >= 0:
                    add(rows, int(joint_row[kids[q]]), weight * factor, excess, i)
            if relay_row[v] >= 0:
                through = max(0.0, 1.0 - d / own[v])
                add(rows, int(relay_row[v]), weight * apart[c] * through, excess, i)
            weight *= lift[c]
            add(rows, int(own_row[v]), weight, excess, i)
            c = v
            v = parent[v]
    # A block that has begun also keeps the limits that held before its first part was
    # sent: whatever order it is finished in is one of those that they allow.
    for v in range(n):
        begun[v] = k
        for pos in range(k):
            if below[v, order[pos]]:
                begun[v] = pos
                break
    for r in range(base_count):
        v = base_owner[r]
        if begun[v] == k:
            continue
        for j in range(n):
            rows[m, j] = base_rows[r, j]
        for pos in range(int(begun[v])):
            rows[m, order[pos]] += base_rhs[r] * wait[v, order[pos]]
        rhs[m] = base_rhs[r]
        m += 1
    return m


@register_jitable
def maximise(rows, rhs, m, own, tableau, basis, loads, prices):  # type: ignore[no-untyped-def]
    """Maximise the total load under the rows; return a certified upper bound.

    The primal simplex on the condensed tableau, from zero load. ``loads`` and ``prices``
    are what it ends with.
    """
    n = len(own)
    for r in range(m):
        for j in range(n):
            tableau[r, j] = rows[r, j] / own[j]
        tableau[r, n] = rhs[r]
    top = 0.0
    for j in range(n):
        top = max(top, 1.0 / own[j])
    for j in range(n):
        tableau[m, j] = -1.0 / (own[j] * top)
    tableau[m, n] = 0.0
    # basis: first n entries the columns' variables, next m the rows'; loads are 0..n−1.
    for j in range(n):
        basis[j] = j
    for r in range(m):
        basis[n + r] = n + r
    for step in range(12 * (n + 5)):
        col = -1
        if step < 6 * (n + 5):
            least = -1e-12
            for j in range(n):
                if tableau[m, j] < least:
                    least = tableau[m, j]
                    col = j
        else:
            number = n + m
            for j in range(n):
                if tableau[m, j] < -1e-12 and basis[j] < number:
                    number = basis[j]
                    col = j
        if col < 0:
            break
        row = -1
        ratio = np.inf
        for r in range(m):
            t = tableau[r, col]
            if t > 1e-11:
                q = max(tableau[r, n], 0.0) / t
                if q < ratio * (1.0 - 1e-13) or (
                    q <= ratio * (1.0 + 1e-13) and t > tableau[row, col]
                ):
                    ratio = q
                    row = r
        if row < 0:
            break
        inverse = 1.0 / tableau[row, col]
        for j in range(n + 1):
            tableau[row, j] *= inverse
        tableau[row, col] = inverse
        for r in range(m + 1):
            if r != row:
                t = tableau[r, col]
                if t != 0.0:
                    for j in range(n + 1):
                        tableau[r, j] -= t * tableau[row, j]
                    tableau[r, col] = -t * inverse
        swap = basis[col]
        basis[col] = basis[n + row]
        basis[n + row] = swap
    for j in range(n):
        loads[j] = 0.0
    for r in range(m):
        prices[r] = 0.0
        if basis[n + r] < n:
            loads[basis[n + r]] = max(tableau[r, n], 0.0) / own[basis[n + r]]
    for j in range(n):
        if basis[j] >= n:
            prices[basis[j] - n] = max(tableau[m, j], 0.0) * top
    # Weak duality: the prices, scaled until they cover every column.
    cover = np.inf
    for j in range(n):
        total = 0.0
        for r in range(m):
            total += prices[r] * rows[r, j]
        cover = min(cover, total)
    if not cover > 0.0:
        return np.inf
    worth = 0.0
    for r in range(m):
        worth += prices[r] * rhs[r]
    return worth / cover
