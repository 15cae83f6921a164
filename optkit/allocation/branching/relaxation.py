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
def block_take(v, dist, own, relay, kid_start, kids, kappa, limit):  # type: ignore[no-untyped-def]
    """Return (what the block at v takes at cost 1, what those below it take of it).

    v relays at no more than ``limit`` per Gbit. An upper bound where ``limit`` ≤ a_v.
    """
    d = dist[v]
    rest = 1.0
    load = 0.0
    spent = 0.0
    for q in range(kid_start[v], kid_start[v + 1]):
        c = kids[q]
        take = kappa[c] * rest
        load += take
        spent += min(relay[c], limit) * take
        rest = max(0.0, rest - d * take)
    scale = own[v] - d * spent
    y = (1.0 - spent) / scale if scale > 0.0 else 1.0 / own[v]
    return load + min(y, 1.0 / own[v]) * rest, load


@register_jitable
def relay_limit(  # type: ignore[no-untyped-def]
    v, alone, dist, own, relay, step, above, kid_start, kids, kappa, low
):
    """Return the most that v may be charged for relaying a Gbit to unsent servers.

    Up to this, contiguous blocks are proven optimal, also if those below v take as little
    as ``low``. ``alone``: nobody unsent is outside v's block, so nobody interrupts it.
    """
    most = 0.0
    for q in range(kid_start[v], kid_start[v + 1]):
        if kappa[kids[q]] > 0.0:
            most = max(most, relay[kids[q]])
    most = min(most, own[v])
    if alone or most <= step[v]:
        return most
    # Limits from a κ that is too low are too low, and from one that is too high too high.
    limit = most
    for _ in range(5):
        take, _ = block_take(v, dist, own, relay, kid_start, kids, low, limit)
        left = 1.0 - above * take * (1.0 - 1e-11)
        limit = most if left * most <= step[v] else max(step[v], step[v] / left)
    return limit


@register_jitable
def capacities(  # type: ignore[no-untyped-def]
    parent,
    dist,
    own,
    relay,
    step,
    kid_start,
    kids,
    size,
    sent,
    kappa,
    inner,
    price,
    lift,
    apart,
    limit,
    low,
    many,
    everybody,
):
    """Fill in what the servers not yet sent can take, block by block, at cost 1.

    ``limit[v]``: see :func:`relay_limit`; ``kappa[v]``: most load of the unsent servers of
    the block at v, relaying charged up to the limits only; ``inner[v]``: the same of those
    below v only; ``low[v]``: what is left of kappa at the most that relaying beyond the
    limits can cost; ``price[v]``: (1 − D_v inner)/a_v, what v loses per unit spent;
    ``apart[c]``: product of the factors 1 − D κ of c's siblings; ``lift[c]``: the least
    that the parent's block loses per Gbit that the block at c does; ``many[v]``: unsent
    servers of the block. ``everybody``: who is taken for sent really is.
    """
    n = len(parent)
    for v in range(n):
        many[v] = 0.0 if sent[v] else 1.0
    for v in range(n - 1, 0, -1):
        many[parent[v]] += many[v]
    for v in range(n - 1, -1, -1):
        d = dist[v]
        first, last = kid_start[v], kid_start[v + 1]
        limit[v] = own[v]
        if not sent[v] and many[v] > 1.0:
            p = parent[v]
            limit[v] = relay_limit(
                v,
                everybody and many[v] == many[0],
                dist,
                own,
                relay,
                step,
                dist[p] if p >= 0 else 0.0,
                kid_start,
                kids,
                kappa,
                low,
            )
        total, load = block_take(v, dist, own, relay, kid_start, kids, kappa, limit[v])
        low_total, low_load = block_take(
            v, dist, own, relay, kid_start, kids, low, limit[v]
        )
        inner[v] = load
        dearest = 0.0
        spent = 0.0
        beyond = 0.0
        rest = 1.0
        for q in range(first, last):
            c = kids[q]
            if kappa[c] > 0.0:
                dearest = max(dearest, min(relay[c], limit[v]))
                beyond += max(0.0, relay[c] - limit[v]) * kappa[c]
            spent += min(relay[c], limit[v]) * kappa[c] * rest
            rest = max(0.0, rest - d * kappa[c] * rest)
            apart[c] = 1.0
            for z in range(first, last):
                if z != q:
                    apart[c] *= max(0.0, 1.0 - d * kappa[kids[z]])
        price[v] = rest / own[v]
        if sent[v]:
            through = 1.0
            kappa[v], low[v] = load, low_load
        else:
            through = 0.0
            scale = own[v] - d * spent
            if scale > 0.0:
                through = max(0.0, 1.0 - dearest / scale) * max(0.0, 1.0 - d / own[v])
            kappa[v] = total
            low[v] = low_total - max(0.0, low_total - low_load) * min(1.0, beyond)
            low[v] = max(0.0, low[v])
        if many[v] < size[v]:
            low[v] = 0.0  # what those sent cost the block is not bounded here
        for q in range(first, last):
            lift[kids[q]] = apart[kids[q]] * through * (1.0 - 1e-12)


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
def costly(relay, limit, kid_start, kids, kappa, i):  # type: ignore[no-untyped-def]
    """Say whether i may pay more for relaying to unsent servers than its limit."""
    for q in range(kid_start[i], kid_start[i + 1]):
        if kappa[kids[q]] > 0.0 and relay[kids[q]] > limit[i]:
            return True
    return False


@register_jitable
def relay_loss(burden, sent, limit, i, loss):  # type: ignore[no-untyped-def]
    """Fill in what i pays per Gbit of each server beyond its limit, and for those sent."""
    for j in range(len(burden)):
        if sent[j]:
            loss[j] = burden[i, j]
        else:
            loss[j] = max(0.0, burden[i, j] - limit[i])


@register_jitable
def budget_loss(below, sent, step, c, loss):  # type: ignore[no-untyped-def]
    """Fill in how much less budget the block at c has than its parent's; say if it has."""
    begun = False
    for j in range(len(below)):
        loss[j] = 0.0
        if sent[j] and below[c, j]:
            loss[j] = step[c]
            begun = True
    return begun


@register_jitable
def add(rows, r, weight, loss):  # type: ignore[no-untyped-def]
    """Add ``weight`` times ``loss`` to row ``r``."""
    for j in range(len(loss)):
        rows[r, j] += weight * loss[j]


@register_jitable
def add_above(  # type: ignore[no-untyped-def]
    parent,
    dist,
    own,
    kid_start,
    kids,
    kappa,
    apart,
    lift,
    own_row,
    relay_row,
    joint_row,
    rows,
    c,
    weight,
    loss,
):
    """Add to the rows of all blocks above c what they lose if c's loses ``weight``."""
    v = parent[c]
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
                add(rows, int(joint_row[kids[q]]), weight * factor, loss)
        if relay_row[v] >= 0:
            through = max(0.0, 1.0 - d / own[v])
            add(rows, int(relay_row[v]), weight * apart[c] * through, loss)
        weight *= lift[c]
        add(rows, int(own_row[v]), weight, loss)
        c = v
        v = parent[v]


@register_jitable
def others_rows(  # type: ignore[no-untyped-def]
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
    k,
    sent,
    work,
    rows,
    rhs,
    owner,
    m,
):
    """Write what everybody unsent but one block can take; return the new row count.

    To take more than is known, the block must then take the difference at least.
    """
    n = len(parent)
    kappa, inner, price, lift, apart = work[0], work[1], work[2], work[3], work[4]
    limit, low, many, loss = work[12], work[13], work[14], work[15]
    gone = np.zeros(n, dtype=np.bool_)
    for c in range(1, n):
        anybody = False
        for j in range(n):
            if below[c, j] and not sent[j]:
                anybody = True
            gone[j] = sent[j] or below[c, j]
        if not anybody or np.all(gone):
            continue
        capacities(
            parent,
            dist,
            own,
            relay,
            step,
            kid_start,
            kids,
            size,
            gone,
            kappa,
            inner,
            price,
            lift,
            apart,
            limit,
            low,
            many,
            False,
        )
        for j in range(n):
            rows[m, j] = 0.0 if gone[j] else 1.0
        for pos in range(k):
            j = order[pos]
            rows[m, j] = wait[0, j] * kappa[0]
        for i in range(n):
            if kappa[i] <= 0.0:
                continue
            if budget_loss(below, sent, step, i, loss):
                weight = kappa[i] * (1.0 - 1e-12)
                v = i
                while parent[v] >= 0:
                    weight *= lift[v]
                    v = parent[v]
                if i > 0:
                    add(rows, m, weight, loss)
            if gone[i] or kid_start[i] == kid_start[i + 1]:
                continue
            if many[i] == size[i] and not costly(
                relay, limit, kid_start, kids, kappa, i
            ):
                continue
            weight = (kappa[i] - inner[i]) * (1.0 - 1e-12)
            v = i
            while parent[v] >= 0:
                weight *= lift[v]
                v = parent[v]
            relay_loss(burden, gone, limit, i, loss)
            add(rows, m, weight, loss)
        rhs[m] = kappa[0]
        owner[m] = 0
        m += 1
    return m


@register_jitable
def node_rows(  # type: ignore[no-untyped-def]
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

    ``rows`` is in loads, not scaled; ``work`` is scratch of shape (16, n).
    """
    n = len(parent)
    kappa, inner, price, lift, apart = work[0], work[1], work[2], work[3], work[4]
    plain, path, least = work[5], work[6], work[7]
    own_row, relay_row, joint_row = work[8], work[9], work[10]
    begun = work[11]
    limit, low, many, loss = work[12], work[13], work[14], work[15]
    capacities(
        parent,
        dist,
        own,
        relay,
        step,
        kid_start,
        kids,
        size,
        sent,
        kappa,
        inner,
        price,
        lift,
        apart,
        limit,
        low,
        many,
        True,
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
        together = 0
        for q in range(kid_start[v], kid_start[v + 1]):
            c = kids[q]
            joint_row[c] = -1
            if kappa[c] <= 0.0:
                continue
            taken += kappa[c] * (1.0 - dist[v] * taken)
            together += 1
            if together == 1:
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
    # What a block loses, every block above it loses a part of.
    for i in range(n):
        if kappa[i] <= 0.0:
            continue
        if i > 0 and budget_loss(below, sent, step, i, loss):
            weight = kappa[i] * (1.0 - 1e-12)
            add_above(
                parent,
                dist,
                own,
                kid_start,
                kids,
                kappa,
                apart,
                lift,
                own_row,
                relay_row,
                joint_row,
                rows,
                i,
                weight,
                loss,
            )
        if sent[i] or kid_start[i] == kid_start[i + 1]:
            continue
        if many[i] < size[i] or costly(relay, limit, kid_start, kids, kappa, i):
            weight = (kappa[i] - inner[i]) * (1.0 - 1e-12)
            relay_loss(burden, sent, limit, i, loss)
            add(rows, int(own_row[i]), weight, loss)
            add_above(
                parent,
                dist,
                own,
                kid_start,
                kids,
                kappa,
                apart,
                lift,
                own_row,
                relay_row,
                joint_row,
                rows,
                i,
                weight,
                loss,
            )
    m = others_rows(
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
        k,
        sent,
        work,
        rows,
        rhs,
        owner,
        m,
    )
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
