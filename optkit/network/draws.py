"""Values that nothing states, drawn from a seed.

They are drawn in the order of the keys of nodes, not of a file: the same network gets the
same numbers whatever file it is read from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence


def node_values(
    keys: Sequence[str], what: str, low: float, high: float, seed: int
) -> dict[str, float]:
    """Return a value per node, uniform between two bounds, rounded to 2 decimals.

    Parameters
    ----------
    keys
        Keys of the nodes, all different.
    what
        What is drawn; each has its own stream of random numbers.
    low, high
        The bounds.
    seed
        Main seed.
    """
    values = _uniform(seed, what, low, high, len(keys))
    return dict(zip(sorted(keys), values, strict=True))


def edge_values(
    edges: Sequence[tuple[str, str, float | None]],
    what: str,
    low: float,
    high: float,
    seed: int,
) -> list[float]:
    """Return the value of every edge: the one it has, or one that is drawn.

    Parameters
    ----------
    edges
        Source key, target key, and the value if it is known.
    what, low, high, seed
        As in :func:`node_values`.
    """
    # The n-th edge without a value from a to b and the n-th from b to a share one draw, so
    # that both ways get the same value where a directed file lists both.
    count: dict[tuple[str, str], int] = defaultdict(int)
    draw_keys: list[tuple[str, str, int] | None] = []
    for source, target, value in edges:
        if value is not None:
            draw_keys.append(None)
            continue
        first, second = sorted((source, target))
        draw_keys.append((first, second, count[source, target]))
        count[source, target] += 1
    unique_keys = sorted({draw_key for draw_key in draw_keys if draw_key is not None})
    values = _uniform(seed, what, low, high, len(unique_keys))
    drawn = dict(zip(unique_keys, values, strict=True))
    return [
        drawn[draw_key] if draw_key is not None else value or 0.0
        for draw_key, (_, _, value) in zip(draw_keys, edges, strict=True)
    ]


def _uniform(seed: int, what: str, low: float, high: float, count: int) -> list[float]:
    # Imported here, so that listing importers does not import numpy.
    from optkit.core.solving.seeds import generator

    values = generator(seed, "import", what).uniform(low, high, count)
    # Rounding must not leave a narrow range, nor make a rate zero.
    return [min(max(round(float(value), 2), low), high) for value in values]
