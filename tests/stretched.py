"""Instances some of whose numbers are many magnitudes larger or smaller than the others.

No change of units makes such an instance an ordinary one. So nobody knows its answer
beforehand; but the claims of all solvers have to be true together.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

import optkit
from optkit.core.errors import InvalidFileError

Document = dict[str, Any]

MAGNITUDES = (-9, -6, -3, 3, 6, 9)
"""Powers of ten by which numbers are multiplied."""


def _scale(part: Document, key: str, factor: float) -> None:
    if part.get(key) is not None:
        part[key] *= factor


def _bilevel(document: Document, factor: float, rng: np.random.Generator) -> None:
    parts = [
        *document["rows"],
        document["upper_objective"],
        document["lower_objective"],
    ]
    part = parts[rng.integers(len(parts))]
    names = sorted(part.get("coefficients", {}))
    if not names:
        return
    if rng.random() < 0.5:
        # The follower's tolerance is part of the problem: an optimum within 1e-6. Terms
        # that are smaller than this share of others may therefore be left out.
        bounded = part is document["lower_objective"]
        name = names[rng.integers(len(names))]
        part["coefficients"][name] *= min(max(factor, 1e-3), 1e3) if bounded else factor
        return
    for key in ("lower", "upper"):
        _scale(part, key, factor)
    for name in names:
        part["coefficients"][name] *= factor


def _discovery(document: Document, factor: float, rng: np.random.Generator) -> None:
    key = str(
        rng.choice(["select_time", "connect_time", "energy_agent", "energy_self"])
    )
    rows = document[key]
    while rows and isinstance(rows[0], list) and rng.random() < 0.8:
        rows = rows[rng.integers(len(rows))]
    if rows:
        number = int(rng.integers(len(rows)))
        rows[number] = _times(rows[number], factor)


def _times(values: Any, factor: float) -> Any:
    if isinstance(values, list):
        return [_times(value, factor) for value in values]
    return None if values is None else values * factor


def _allocation(document: Document, factor: float, rng: np.random.Generator) -> None:
    if document["links"] and rng.random() < 0.5:
        link = document["links"][rng.integers(len(document["links"]))]
        _scale(link, "gbps", factor)
        return
    if rng.random() < 0.2:
        _scale(document["weights"], str(rng.choice(["time", "energy"])), factor)
        return
    server = document["servers"][rng.integers(len(document["servers"]))]
    _scale(server, str(rng.choice(["ghz", "capacitance", "tx_watt"])), factor)


def _dispatch(document: Document, factor: float, rng: np.random.Generator) -> None:
    key = str(rng.choice(["overflow_penalty", "drop_penalty", "arrivals", "service"]))
    if key == "arrivals":
        row = document["arrival_probability"]
        row = row[rng.integers(len(row))]
        row[:] = [min(1.0, value * factor) for value in row]
    elif key == "service":
        row = document["mean_service_slots"]
        row = row[rng.integers(len(row))]
        row[:] = [min(1e9, max(1.0, value * factor)) for value in row]
    else:
        document[key] = (document.get(key) or 1.0) * factor


def _sync(document: Document, factor: float, rng: np.random.Generator) -> None:
    key = str(rng.choice(["payload", "rate", "weights", "loads", "header_cost"]))
    if key in ("payload", "rate") and document["links"]:
        _scale(document["links"][rng.integers(len(document["links"]))], key, factor)
    elif key == "weights":
        weight = str(rng.choice(["age", "error", "cost", "report"]))
        _scale(document["weights"], weight, factor)
    elif key == "loads":
        device = document["devices"][rng.integers(len(document["devices"]))]
        device["load_percent"] = _times(device["load_percent"], min(factor, 1.0))
    else:
        _scale(document, "header_cost", factor)


STRETCHES: dict[str, Callable[[Document, float, np.random.Generator], None]] = {
    "bilevel": _bilevel,
    "discovery": _discovery,
    "allocation": _allocation,
    "dispatch": _dispatch,
    "sync": _sync,
}


def stretched(
    instance: optkit.Instance, family: str, rng: np.random.Generator
) -> optkit.Instance | None:
    """Return an instance some of whose numbers are far from the others.

    Returns
    -------
    Instance or None
        None where the format does not allow it.
    """
    document = copy.deepcopy(instance.document())
    for _ in range(int(rng.integers(1, 4))):
        factor = 10.0 ** float(rng.choice(MAGNITUDES))
        STRETCHES[family](document, factor, rng)
    try:
        return type(instance).parse(document)
    except InvalidFileError:
        return None
