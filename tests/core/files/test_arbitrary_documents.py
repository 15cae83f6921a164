"""Any JSON document is read or refused with an error that names the file."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import optkit
from optkit.core.tools.instance_files import parse_instance
from optkit.core.tools.solution_files import SolutionDocument
from tests.core.documents import (
    instance_document,
    solution_document,
)

_QUICK = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**300, max_value=10**310)
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["optkit/allocation", "optkit/solution", "m", "a", "\ud800", ""])
)

_KEYS = st.text(max_size=5) | st.sampled_from(
    [
        *instance_document(),
        *solution_document(),
        "id",
        "ghz",
        "source",
        "target",
        "gbps",
        "\ud800",
    ]
)

_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=5)
    ),
    max_leaves=12,
)


def _assert_named(error: optkit.InvalidFileError) -> None:
    assert str(error).startswith("x.json: ")


@pytest.mark.slow
@_QUICK
@given(_VALUES)
def test_any_value_is_an_instance_or_an_invalid_file(value: Any) -> None:
    """Any JSON value is read as an instance or refused with an error."""
    try:
        parse_instance(value, "x.json")
    except optkit.InvalidFileError as error:
        _assert_named(error)


@pytest.mark.slow
@_QUICK
@given(st.dictionaries(_KEYS, _VALUES, max_size=8))
def test_any_object_is_an_instance_or_an_invalid_file(value: dict[str, Any]) -> None:
    """Any object with the family's schema is read as an instance or refused."""
    for content in (value, {**instance_document(), **value}):
        try:
            parse_instance({**content, "schema": "optkit/allocation"}, "x.json")
        except optkit.InvalidFileError as error:
            _assert_named(error)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    paths = [path] if path else []
    if isinstance(value, dict):
        steps: Iterable[tuple[Any, Any]] = value.items()
    else:
        steps = enumerate(value if isinstance(value, list) else ())
    for key, child in steps:
        paths += _paths(child, (*path, key))
    return paths


def _mutated(base: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(_paths(base)))
        at: Any = base
        for step in path[:-1]:
            at = at[step]
        kind = data.draw(st.sampled_from(["set", "delete", "double", "swap"]))
        if kind == "set":
            at[path[-1]] = data.draw(_VALUES)
        elif kind == "delete":
            del at[path[-1]]
        elif kind == "double" and isinstance(at, list):
            at.append(copy.deepcopy(at[path[-1]]))
        elif kind == "swap" and isinstance(at, dict):
            at[data.draw(_KEYS)] = at.pop(path[-1])
        if not _paths(base):
            break
    return base


@_QUICK
@given(st.data())
def test_mutated_instance_is_an_instance_or_an_invalid_file(
    data: st.DataObject,
) -> None:
    """An almost valid instance is read or refused; one that is read can be hashed."""
    value = _mutated(instance_document(), data)
    try:
        instance = parse_instance(value, "x.json")
    except optkit.InvalidFileError as error:
        _assert_named(error)
    else:
        assert parse_instance(instance.document()).sha256 == instance.sha256


@_QUICK
@given(st.data())
def test_mutated_solution_is_checked_or_an_invalid_file(data: st.DataObject) -> None:
    """An almost valid solution file is checked or refused."""
    instance = parse_instance(instance_document())
    base = solution_document()
    base["instance"]["sha256"] = instance.sha256
    value = _mutated(base, data)
    try:
        document = SolutionDocument.parse(value, "x.json")
        verification = optkit.check_document(instance, document, "x.json")
    except optkit.InvalidFileError as error:
        _assert_named(error)
    else:
        assert isinstance(verification.feasible, bool)
