"""Attributes that no file states, drawn from a seed.

Values are assigned in the order of the node keys, not of the file: the same network gets
the same numbers whether it is read from GML or GraphML.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from optkit.allocation.data.importers.options import Options


def random_ghz(keys: Sequence[str], options: Options, seed: int) -> dict[str, float]:
    """Return the computing power of every node, GHz, rounded to 2 decimals."""
    values = _uniform(seed, "ghz", options.ghz_low, options.ghz_high, len(keys))
    return dict(zip(sorted(keys), values, strict=True))


def edge_rates(
    edges: Sequence[tuple[str, str, float | None]], options: Options, seed: int
) -> list[float]:
    """Return the rate of every edge, Gbit/s: stated, or assumed as the options say.

    Parameters
    ----------
    edges
        Source key, target key, and the rate where the file states one.
    options
        ``default_gbps``, or the range to draw from.
    seed
        Main seed.
    """
    if options.default_gbps is not None:
        default = options.default_gbps
        return [default if rate is None else rate for _, _, rate in edges]
    # The n-th unstated edge from a to b and the n-th from b to a share one draw, so that
    # both ways get the same rate where a directed file lists both.
    count: dict[tuple[str, str], int] = defaultdict(int)
    draw_keys: list[tuple[str, str, int] | None] = []
    for source, target, rate in edges:
        if rate is not None:
            draw_keys.append(None)
            continue
        low, high = sorted((source, target))
        draw_keys.append((low, high, count[source, target]))
        count[source, target] += 1
    unique_keys = sorted({draw_key for draw_key in draw_keys if draw_key is not None})
    values = _uniform(
        seed, "gbps", options.gbps_low, options.gbps_high, len(unique_keys)
    )
    drawn = dict(zip(unique_keys, values, strict=True))
    rates = []
    for draw_key, (_, _, rate) in zip(draw_keys, edges, strict=True):
        rates.append(drawn[draw_key] if draw_key is not None else rate or 0.0)
    return rates


def _uniform(seed: int, what: str, low: float, high: float, count: int) -> list[float]:
    # Imported here, so that listing importers does not import numpy.
    from optkit.core.solving.seeds import generator

    values = generator(seed, "import", what).uniform(low, high, count)
    # Rounding must not leave a narrow range, nor make a rate zero.
    return [min(max(round(float(value), 2), low), high) for value in values]
