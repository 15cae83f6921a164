"""What no file says, drawn from a seed.

Values are dealt out in the order of the node keys, not of the file: the same network
gets the same numbers whether it is read from GML or GraphML.
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
    # The n-th unstated edge from a to b and the n-th from b to a share their draw:
    # where a directed file lists both ways, both get the same rate.
    seen: dict[tuple[str, str], int] = defaultdict(int)
    slots: list[tuple[str, str, int] | None] = []
    for source, target, rate in edges:
        if rate is not None:
            slots.append(None)
            continue
        low, high = sorted((source, target))
        slots.append((low, high, seen[source, target]))
        seen[source, target] += 1
    wanted = sorted({slot for slot in slots if slot is not None})
    values = _uniform(seed, "gbps", options.gbps_low, options.gbps_high, len(wanted))
    drawn = dict(zip(wanted, values, strict=True))
    rates = []
    for slot, (_, _, rate) in zip(slots, edges, strict=True):
        rates.append(drawn[slot] if slot is not None else rate or 0.0)
    return rates


def _uniform(seed: int, what: str, low: float, high: float, count: int) -> list[float]:
    # numpy takes long to import, and listing importers should not.
    from optkit.core.solving.seeds import generator

    values = generator(seed, "import", what).uniform(low, high, count)
    # Rounding may leave a narrow range, and a rate must never become zero.
    return [min(max(round(float(value), 2), low), high) for value in values]
