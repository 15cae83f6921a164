"""Texts of many floats at once, the same as those of single ones.

Equal floats, of which long columns are full, are spelled once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import rfc8785

from optkit.core.arrays import Floats


def json_texts(values: Floats) -> list[str]:
    """Return finite floats as :func:`json.dumps` writes them."""
    return _spelled(values, float.__repr__)


def canonical_texts(values: Floats) -> list[str]:
    """Return finite floats as canonical JSON (RFC 8785) writes them."""
    return _spelled(values, canonical_text)


def canonical_text(value: float) -> str:
    """Return a finite float as canonical JSON writes it."""
    size = abs(value)
    if size < 1e15 and value.is_integer():
        return str(int(value))
    if 1e-4 <= size < 1e15:
        return repr(value)
    return rfc8785.dumps(value).decode()


def _spelled(values: Floats, spell: Callable[[float], str]) -> list[str]:
    # Told apart by their bits: 0 and -0 are equal, and have different texts.
    bits = np.ascontiguousarray(values).view(np.int64)
    distinct, places = np.unique(bits, return_inverse=True)
    texts = list(map(spell, distinct.view(np.float64).tolist()))
    return list(map(texts.__getitem__, places.tolist()))
