"""Readable JSON is byte for byte that of ``json.dumps(indent=1)``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optkit.core.files.json_text import GROUP, dump_json

TEXTS = st.text(max_size=6) | st.sampled_from(
    ["},\n{", ":\n{", "],\n[", ",\n", ":\n", "}", "{", '"', "\\", "\ud800", "\u2028"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
FLAT = st.dictionaries(TEXTS, SCALARS, max_size=3) | st.lists(SCALARS, max_size=3)
VALUES = st.recursive(
    SCALARS
    | FLAT
    | st.lists(FLAT, max_size=3)
    | st.dictionaries(TEXTS, FLAT, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS, inner, max_size=3)
        | st.tuples(inner, inner)
    ),
    max_leaves=10,
)


def _expected(document: Any) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


@pytest.mark.slow
@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_any_document_is_written_as_the_standard_library_writes_it(
    document: Any,
) -> None:
    """Separators within texts, empty containers and mixed arrays change nothing."""
    assert dump_json(document) == _expected(document)


@pytest.mark.parametrize("length", [1, GROUP - 1, GROUP, GROUP + 1, 2 * GROUP + 1])
@pytest.mark.parametrize(
    "child", [{"a": 1.0, "b": "x"}, [1, None], [{"a": 1}], {}, 1.5]
)
def test_long_containers_are_cut_without_a_seam(length: int, child: Any) -> None:
    """Arrays and objects of many entries are written in groups that join."""
    document = {
        "array": [child] * length,
        "object": dict.fromkeys(map(str, range(length)), child),
    }
    assert dump_json(document) == _expected(document)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_not_finite_are_refused(number: float) -> None:
    """Neither NaN nor infinity reaches a file, wherever it stands."""
    for document in (number, [number], [{"a": number}], {"a": {"b": [number]}}):
        with pytest.raises(ValueError, match="Out of range"):
            dump_json(document)


def test_keys_that_are_no_texts_are_written_like_those_of_the_standard_library() -> (
    None
):
    """Numbers as keys become texts."""
    document = {1: {2: 3}, None: {True: [1.5]}, 2.5: {"a": {}}}
    assert dump_json(document) == _expected(document)
