"""From a trace to an instance: slots, access points, types, and estimated rates."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.errors import UsageError
from optkit.core.solving import seeds
from optkit.dispatch.data.generate import quantiles, signals
from optkit.dispatch.data.importers.options import TraceOptions
from optkit.dispatch.data.importers.trace import Trace
from optkit.dispatch.data.network import network
from optkit.dispatch.instance import MAX_JOBS

DEFAULT_INTERVALS = 250

OptionsT = TypeVar("OptionsT", bound=TraceOptions)


def importer(
    read_trace: Callable[[Path, OptionsT], Trace],
) -> Callable[[Path, OptionsT, int], dict[str, Any]]:
    """Return the importer of a format: it reads a trace and draws all else by a seed."""

    def read(source: Path, options: OptionsT, seed: int) -> dict[str, Any]:
        return build(read_trace(source, options), options, seed, source)

    return read


def build(
    trace: Trace, options: TraceOptions, seed: int, source: Path
) -> dict[str, Any]:
    """Return the document of an instance: a trace's arrivals on a network that is drawn.

    Parameters
    ----------
    trace
        The arrivals.
    options
        The scaling of time, the assignment to access points, and the network.
    seed
        Of the network, of access points that are drawn, and of the quantiles.
    source
        Where the trace comes from.

    Raises
    ------
    UsageError
        If the trace is shorter than the options ask for.
    """
    seconds = np.asarray(trace.seconds, dtype=float)
    order = np.argsort(seconds, kind="stable")
    since = seconds[order] - seconds[order[0]] - options.begin_seconds
    skipped = int(np.count_nonzero(since < 0.0))
    trace.left_out.add("arrivals before begin_seconds", skipped)
    order, since = order[since >= 0.0], since[since >= 0.0]
    if not len(order):
        raise UsageError(
            f"option begin_seconds: nothing arrives later than"
            f" {options.begin_seconds:g} s after the first job of {source}; skip less."
        )
    length = _interval(options, since)
    covered = max(1, int(since[-1] / length))
    intervals = options.intervals or min(covered, DEFAULT_INTERVALS)
    if options.intervals is not None and intervals > covered:
        raise UsageError(
            f"option intervals: the trace ends after {covered} intervals of"
            f" {length:g} s, {intervals} are asked for; ask for fewer, or for shorter"
            " ones with interval_seconds."
        )
    position = since / length * options.slots
    inside = position < intervals * options.slots
    trace.left_out.add("arrivals after the last interval", int(np.sum(~inside)))
    slot, order = np.floor(position[inside]).astype(np.int64), order[inside]
    if len(slot) > MAX_JOBS:
        raise UsageError(
            f"{len(slot)} jobs arrive, an instance has at most {MAX_JOBS}; ask for"
            " fewer intervals."
        )
    trace.left_out.warn(source)
    kind = _numbers(trace.kinds, order, options.types)
    if getattr(options, "ap_by", "seed") == "seed":
        rng = seeds.generator(seed, "import", "dispatch", "aps")
        ap = rng.integers(options.aps, size=len(seconds))[order]
    else:
        ap = _numbers(trace.sources, order, options.aps)
    arranged = np.lexsort((kind, ap, slot))
    counts = np.zeros((options.aps, options.types))
    np.add.at(counts, (ap, kind), 1.0)
    # Several jobs may share a slot, but no probability is above one.
    probability = np.minimum(counts / (intervals * options.slots), 1.0)
    model = seeds.generator(seed, "instance", "dispatch", "model")
    path = seeds.generator(seed, "instance", "dispatch", "jobs")
    return {
        "schema": "optkit/dispatch",
        "schema_version": 1,
        "name": options.name or f"{_stem(source)}-{options.aps}x{options.servers}",
        "provenance": _provenance(trace, options, seed, source, length, len(slot)),
        **network(options, seed, model),
        "intervals": intervals,
        "arrival_probability": probability.tolist(),
        "jobs": quantiles(slot[arranged], ap[arranged], kind[arranged], path),
        "signal_u": signals(intervals, options.aps, seed),
    }


def _interval(options: TraceOptions, since: Floats) -> float:
    """Return the trace seconds of one interval."""
    if options.interval_seconds is not None:
        return options.interval_seconds
    wanted = options.arrival * options.aps * options.types * options.slots
    if since[-1] <= 0.0:
        return 1.0
    return float(since[-1] * wanted / len(since))


def _numbers(
    keys: list[int] | list[str] | list[int | str], order: Ints, count: int
) -> Ints:
    """Return numbers below ``count``: keys that are numbers as they are, texts hashed."""
    numbers: dict[int | str, int] = {}
    for key in keys:
        if key not in numbers:
            numbers[key] = _hashed(key, count) if isinstance(key, str) else key
    return np.array([numbers[keys[n]] for n in order], dtype=np.int64)


def _hashed(text: str, count: int) -> int:
    """Return a number below ``count``, the same for a text everywhere and always."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % count


def _stem(source: Path) -> str:
    name = source.name.removesuffix(".gz").removesuffix(".csv")
    return name[:80] or "trace"


def _provenance(
    trace: Trace,
    options: TraceOptions,
    seed: int,
    source: Path,
    length: float,
    kept: int,
) -> str:
    set_by = (
        "as asked for"
        if options.interval_seconds is not None
        else f"so that {options.arrival:g} jobs arrive per slot, access point and type"
    )
    asked = options.model_dump_json(exclude={"name"}, exclude_defaults=True)
    left_out = f" {text}" if (text := trace.left_out.text()) else ""
    return (
        f"optkit import of {source.name}, seed {seed}, {asked}. {trace.summary}{left_out}"
        f" {length:.6g} trace seconds make one interval, {set_by}; {kept} arrivals lie"
        " within the intervals, and arrival probabilities are their frequencies."
        " Network, latencies, services and quantiles are drawn."
    )
