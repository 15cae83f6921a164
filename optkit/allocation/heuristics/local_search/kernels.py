"""Local search on the order of one subtree: insertions and exchanges, first improvement.

It works in slices of a given number of evaluations, so that limits and Ctrl-C are held.
"""

from __future__ import annotations

from optkit.allocation.problem.order_kernels import order_value
from optkit.core.runtime.loops import loop


@loop(lambda own, *given: 3 * given[-1] * len(own) ** 3)
def descend(  # type: ignore[no-untyped-def]
    own,
    wait,
    burden,
    order,
    trial,
    cursor,
    best,
    rows,
    factors,
    ones,
    diagonal,
    basis,
    loads,
    prices,
    max_neighbours,
):
    """Try up to ``max_neighbours`` neighbours of ``order``; keep every improvement.

    ``cursor`` = [number of the next move, moves since the last improvement, improvements];
    the moves are the n² insertions (from, to) and then the exchanges. Returns the number of
    evaluations; the search is at a local optimum when ``cursor[1]`` reaches 2 n².
    """
    n = len(order)
    all_moves = 2 * n * n
    evaluated = 0
    while evaluated < max_neighbours and cursor[1] < all_moves:
        move = cursor[0]
        cursor[0] = (move + 1) % all_moves
        cursor[1] += 1
        exchange = move >= n * n
        source = (move % (n * n)) // n
        target = move % n
        if source == target or (exchange and source > target):
            continue
        if not exchange and target == source - 1:
            continue  # the same as inserting the neighbour behind it
        if exchange and target == source + 1:
            continue  # the same as an insertion
        for q in range(n):
            trial[q] = order[q]
        moved = order[source]
        if exchange:
            trial[source] = order[target]
            trial[target] = moved
        elif source < target:
            for q in range(source, target):
                trial[q] = order[q + 1]
            trial[target] = moved
        else:
            for q in range(target, source):
                trial[q + 1] = order[q]
            trial[target] = moved
        value, _ = order_value(
            own,
            wait,
            burden,
            trial,
            rows,
            factors,
            ones,
            diagonal,
            basis,
            loads,
            prices,
        )
        evaluated += 1
        # Rounding must not send the search in circles.
        if value > best[0] * (1.0 + 1e-12):
            best[0] = value
            for q in range(n):
                order[q] = trial[q]
            cursor[1] = 0
            cursor[2] += 1
    return evaluated
