"""Canonical JSON is that of the package rfc8785, byte for byte."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from optkit.core.files.canonical import GROUP, canonical_json

TEXTS = st.text(max_size=8) | st.sampled_from(
    [
        "",
        "\0",
        "\0001.5",
        '"\\u0000',
        "\ud800",
        "é",
        "\uffff",
        "\U0001f600",
        "a:b",
        "\n",
    ]
)
FLOATS = st.floats() | st.sampled_from(
    [
        *(
            sign * m * 10.0**e
            for sign in (1, -1)
            for m in (1, 1.5, 9)
            for e in range(-9, 24)
        ),
        -0.0,
        5e-324,
        1.7976931348623157e308,
        float(2**53),
        float(2**53 + 2),
        999999999999999.9,
        1e15,
        9.999999999999999e-05,
    ]
)
INTEGERS = st.integers() | st.sampled_from([2**53 - 1, 2**53, -(2**53), 1 - 2**53])
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | FLOATS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=12,
)


def _outcome(dump: Any, document: Any) -> Any:
    try:
        return dump(document)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        return "refused"  # of several faults, either may be the one that is named


@pytest.mark.slow
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
@settings(max_examples=200, deadline=None)
def test_any_document_has_the_canonical_form_of_rfc_8785(document: Any) -> None:
    """Hostile numbers, keys and texts come out alike, or are refused alike."""
    assert _outcome(canonical_json, document) == _outcome(rfc8785.dumps, document)


@given(st.lists(st.binary(min_size=8, max_size=8), min_size=50, max_size=50))
@settings(max_examples=30, deadline=None)
def test_floats_of_random_bits_have_the_canonical_form(packed: list[bytes]) -> None:
    """Every exponent occurs among numbers made of random bits."""
    numbers = [struct.unpack("d", bits)[0] for bits in packed]
    document = {"numbers": [x for x in numbers if x - x == 0.0]}
    assert canonical_json(document) == rfc8785.dumps(document)


@pytest.mark.parametrize(
    "length", [GROUP - 1, GROUP, GROUP + 1, 2 * GROUP, 2 * GROUP + 1]
)
def test_long_arrays_are_cut_without_a_seam(length: int) -> None:
    """The groups of a long array join to the same text."""
    document = {"z": 1, "a": [{"b": 1e-9 * k, "a": float(k)} for k in range(length)]}
    assert canonical_json(document) == rfc8785.dumps(document)


@pytest.mark.parametrize(
    "document",
    [{1: 2}, {"a": {1: 2}}, {"a": (1, 2)}, {"a": {1, 2}}, {"a": b"x"}, [1], {}, "x"],
)
def test_unusual_types_are_left_to_the_definition(document: Any) -> None:
    """What plain JSON does not have is refused, or written, as rfc8785 does it."""
    assert _outcome(canonical_json, document) == _outcome(rfc8785.dumps, document)


def test_the_text_is_json() -> None:
    """A document with marked numbers and control characters reads back."""
    document = {"tiny": 1e-28, "text": "\x01\x7f", "list": [1e300, -2.5e-7]}
    assert json.loads(canonical_json(document)) == document
