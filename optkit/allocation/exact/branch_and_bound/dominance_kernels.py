"""Prefixes that need not be searched, because another order is as good as any of theirs."""

from __future__ import annotations

from optkit.core.runtime.compiled import jitable


@jitable
def dominated(parent, relay, below, size, order, k, sent):  # type: ignore[no-untyped-def]
    """Say whether another order is as good as any that begins with ``order[:k]``."""
    return _waits_needlessly(below, order, k, sent) or _siblings_swapped(
        parent, relay, below, size, order, k
    )


@jitable
def _waits_needlessly(below, order, k, sent):  # type: ignore[no-untyped-def]
    """Say whether the last server comes right after a closed run of its own descendants.

    If no other descendants were sent before, it may as well be sent before the run.
    """
    n = len(order)
    v = order[k - 1]
    run = 0
    while run < k - 1 and below[v, order[k - 2 - run]]:
        run += 1
    if run == 0:
        return False
    count = 0
    for j in range(n):
        if j != v and below[v, j] and sent[j]:
            count += 1
    if count != run:
        return False
    for pos in range(k - 1 - run, k - 1):
        i = order[pos]
        for j in range(n):
            if below[i, j] and not sent[j]:
                return False
    return True


@jitable
def _siblings_swapped(parent, relay, below, size, order, k):  # type: ignore[no-untyped-def]
    """Say whether the prefix ends with two sibling blocks, the dearer to relay to first."""
    c = order[k - 1]
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
