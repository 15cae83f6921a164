"""Texts of many floats at once, the same as those of single ones.

Pydantic's encoder, in Rust, finds the same digits as ``repr`` in a fraction of the time.
Numbers that it sets out differently are set out anew.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import rfc8785
from pydantic_core import to_json

from optkit.core.arrays import Bools, Floats

_ZEROS = "0.0000"


def json_texts(values: Floats) -> list[str]:
    """Return finite floats as :func:`json.dumps` writes them."""
    if _are_equal(values):
        return [repr(value) for value in values[:1].tolist()] * len(values)
    texts = _encoded(values)
    small = (values > 0.0) & (values < 1e-4)
    for place in np.flatnonzero(small).tolist():
        texts[place] = _with_exponent(texts[place])
    is_ordinary = _is_positional(values) | (values == 0.0) | small
    return _with_others(texts, values, is_ordinary, float.__repr__)


def canonical_texts(values: Floats) -> list[str]:
    """Return finite floats as canonical JSON (RFC 8785) writes them."""
    if _are_equal(values):
        return [canonical_text(value) for value in values[:1].tolist()] * len(values)
    is_ordinary = _is_positional(values) & (values != np.trunc(values))
    return _with_others(_encoded(values), values, is_ordinary, canonical_text)


def canonical_text(value: float) -> str:
    """Return a finite float as canonical JSON writes it."""
    size = abs(value)
    if size < 1e15 and value.is_integer():
        return str(int(value))
    if 1e-4 <= size < 1e15:
        return repr(value)
    return rfc8785.dumps(value).decode()


def _are_equal(values: Floats) -> bool:
    # Compared by their bits: 0 and -0 are equal, and have different texts.
    bits = np.ascontiguousarray(values).view(np.int64)
    return not np.any(bits[1:] != bits[:1])


def _encoded(values: Floats) -> list[str]:
    return to_json(values.tolist()).decode()[1:-1].split(",")


def _is_positional(values: Floats) -> Bools:
    """Return which numbers everybody writes with a decimal point and no exponent."""
    sizes = np.abs(values)
    inside: Bools = (sizes >= 1e-4) & (sizes < 1e15)
    return inside


def _with_exponent(text: str) -> str:
    """Return the text of a number between 0 and 1e-4 with an exponent of two digits."""
    if text.startswith(_ZEROS):
        digits = text[len(_ZEROS) :]
        exponent = len(_ZEROS) - 1
        while digits[0] == "0":
            digits, exponent = digits[1:], exponent + 1
        return f"{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}e-{exponent:02}"
    return f"{text[:-1]}0{text[-1]}" if text[-2] == "-" else text


def _with_others(
    texts: list[str],
    values: Floats,
    is_ordinary: Bools,
    spell: Callable[[float], str],
) -> list[str]:
    """Spell the numbers that are not ordinary; equal ones once."""
    others = np.flatnonzero(~is_ordinary)
    bits = np.ascontiguousarray(values[others]).view(np.int64)
    distinct, numbers = np.unique(bits, return_inverse=True)
    spelled = list(map(spell, distinct.view(np.float64).tolist()))
    for place, number in zip(others.tolist(), numbers.tolist(), strict=True):
        texts[place] = spelled[number]
    return texts
