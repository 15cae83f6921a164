"""Texts of many floats at once, the same as those of single ones.

Pydantic's encoder, in Rust, is five times as quick as ``repr``. It spells ordinary numbers
alike; of all others, equal ones are spelled once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import rfc8785
from pydantic_core import to_json

from optkit.core.arrays import Bools, Floats


def json_texts(values: Floats) -> list[str]:
    """Return finite floats as :func:`json.dumps` writes them."""
    return _spelled(values, _is_positional(values) | (values == 0.0), float.__repr__)


def canonical_texts(values: Floats) -> list[str]:
    """Return finite floats as canonical JSON (RFC 8785) writes them."""
    has_fraction = values != np.trunc(values)
    return _spelled(values, _is_positional(values) & has_fraction, canonical_text)


def canonical_text(value: float) -> str:
    """Return a finite float as canonical JSON writes it."""
    size = abs(value)
    if size < 1e15 and value.is_integer():
        return str(int(value))
    if 1e-4 <= size < 1e15:
        return repr(value)
    return rfc8785.dumps(value).decode()


def _is_positional(values: Floats) -> Bools:
    """Return which numbers everybody writes with a decimal point and no exponent."""
    sizes = np.abs(values)
    inside: Bools = (sizes >= 1e-4) & (sizes < 1e15)
    return inside


def _spelled(
    values: Floats, is_ordinary: Bools, spell: Callable[[float], str]
) -> list[str]:
    if not len(values):
        return []
    texts = to_json(values.tolist()).decode()[1:-1].split(",")
    others = np.flatnonzero(~is_ordinary)
    # Told apart by their bits: 0 and -0 are equal, and have different texts.
    bits = np.ascontiguousarray(values[others]).view(np.int64)
    distinct, numbers = np.unique(bits, return_inverse=True)
    spelled = list(map(spell, distinct.view(np.float64).tolist()))
    for place, number in zip(others.tolist(), numbers.tolist(), strict=True):
        texts[place] = spelled[number]
    return texts
