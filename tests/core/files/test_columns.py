"""Long arrays read as columns are the same as those read entry by entry."""

from __future__ import annotations

import copy
import json
import pickle
import random
from typing import Any

import pytest
import rfc8785

import optkit
from optkit.allocation.instance import AllocationInstance
from optkit.core.errors import InvalidFileError
from optkit.core.files import document as documents
from optkit.core.files.columns import Columns, are_identifiers
from optkit.core.files.float_texts import canonical_texts, json_texts
from optkit.core.files.json_text import dump_json
from optkit.core.files.records import LazyRecords, Records
from tests.core.documents import instance_document

VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2**53, 2**53 + 1, 10**400, 0.0, -0.0, 1.5, 1e-15, 9e-16,
    1e15, 1.1e15, 1e300, float("nan"), float("inf"), "", "a", "b", "m", "x" * 200,
    "x" * 201, "é", "\x85", "\x7f", "\n", "\ud800", "\U0001f600", "a\"b", "back\\slash",
    "1.0", [], {}, ["a"], {"id": "a"},
]  # fmt: skip
"""What an entry of a document is replaced by."""


@pytest.fixture(autouse=True)
def short_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read arrays of any length as columns."""
    monkeypatch.setattr(documents, "FEWEST_ENTRIES", 1)


def _spoil(document: dict[str, Any], rng: random.Random) -> None:
    """Change something in a document."""
    array = document[rng.choice(["servers", "links"])]
    entry = rng.choice(array) if array else {}
    if not isinstance(entry, dict):
        return
    match rng.randrange(9):
        case 0 | 1 | 2 if entry:
            entry[rng.choice(list(entry))] = rng.choice(VALUES)
        case 3 if entry:
            del entry[rng.choice(list(entry))]
        case 4:
            entry["more"] = 1
        case 5:
            array.append(copy.deepcopy(rng.choice([entry, *VALUES])))
        case 6 if array:
            array.remove(entry)
        case 7:
            document[rng.choice([*document, "more"])] = rng.choice(VALUES)
        case 8 if entry:
            keys = rng.sample(sorted(entry), len(entry))
            array[array.index(entry)] = {key: entry[key] for key in keys}


def _outcome(data: Any) -> Any:
    """Return the instance or the issues that parsing gives."""
    try:
        return AllocationInstance.parse(data)
    except InvalidFileError as error:
        return error.issues


def test_every_document_means_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spoilt documents give the same issues, others the same instance and hash."""
    rng = random.Random(1)
    quick = valid = 0
    for number in range(1500):
        data = instance_document()
        for _ in range(rng.choice([0, 1, 1, 1, 2])):
            _spoil(data, rng)
            if not isinstance(data["servers"], list) or not isinstance(
                data["links"], list
            ):
                break
        by_columns = _outcome(copy.deepcopy(data))
        monkeypatch.setattr(documents, "FEWEST_ENTRIES", 10**9)
        expected = _outcome(copy.deepcopy(data))
        monkeypatch.setattr(documents, "FEWEST_ENTRIES", 1)
        if isinstance(expected, AllocationInstance):
            valid += 1
            quick += "_columns" in vars(by_columns)
            assert by_columns.sha256 == expected.sha256, number
            assert dump_json(by_columns.document()) == dump_json(expected.document())
        assert by_columns == expected, (number, data)
    assert 200 < quick <= valid < 1300


def _network() -> AllocationInstance:
    made = optkit.generate("allocation", seed=1, servers=30, edge_probability=0.2)
    again = AllocationInstance.parse(made.document())
    assert "_columns" in vars(again)
    assert "servers" not in vars(again)
    return again


def test_parts_are_made_when_they_are_asked_for() -> None:
    """Whatever looks at an instance sees its servers and links."""
    plain = AllocationInstance.model_validate(_network().document())
    assert "_columns" not in vars(plain)
    assert _network().servers == plain.servers
    assert _network().links[3] == plain.links[3]
    assert _network() == plain
    assert plain == _network()
    assert repr(_network()) == repr(plain)
    assert dict(_network()) == dict(plain)
    assert _network().model_dump() == plain.model_dump()
    assert _network().model_dump_json() == plain.model_dump_json()
    assert pickle.loads(pickle.dumps(_network())) == plain
    assert copy.copy(_network()) == plain
    assert copy.deepcopy(_network()) == plain
    other = {"name": "other"}
    assert _network().model_copy(update=other) == plain.model_copy(update=other)
    assert AllocationInstance.model_validate(_network()) == plain
    assert _network().length("links") == plain.length("links")
    with pytest.raises(AttributeError, match="nothing"):
        _network().nothing


def test_columns_of_parts_are_those_of_the_file() -> None:
    """Columns made from objects have the same content as those that were read."""
    read, plain = _network(), AllocationInstance.model_validate(_network().document())
    for name in ("servers", "links"):
        assert plain.columns_of(name).document() == read.columns_of(name).document()
        assert b"".join(plain.columns_of(name).canonical()) == rfc8785.dumps(
            read.columns_of(name).document()
        )


def test_identifiers_are_those_that_validation_accepts() -> None:
    """A column of ids is valid if each of them is by the rules for fields."""
    columns = Columns.read
    part = AllocationInstance.LONG_ARRAYS["servers"]
    for value in VALUES:
        entry = {"id": value, "ghz": 1.0, "capacitance": 0, "tx_watt": 0.0}
        try:
            part.model_validate(entry)
        except ValueError:
            assert columns(part, [entry]) is None, value
        else:
            assert are_identifiers([value])
            read = columns(part, [entry])
            assert read is not None
            assert read.document() == [entry]


def test_floats_are_spelled_like_single_ones() -> None:
    """Many floats at once have the texts that json and RFC 8785 give each."""
    import numpy as np

    rng = random.Random(1)
    values = [0.0, -0.0, 5e-324, 1.7976931348623157e308, 1e15, 9.999999999999999e-05]
    values += [
        sign * m * 10.0**e
        for sign in (1, -1)
        for m in (1, 1.5, 9)
        for e in range(-9, 24)
    ]
    values += [rng.uniform(-1, 1) * 10.0 ** rng.randint(-300, 300) for _ in range(2000)]
    values += values[:50]
    array = np.array(values)
    assert json_texts(array) == list(map(json.dumps, values))
    assert canonical_texts(array) == [rfc8785.dumps(v).decode() for v in values]
    assert json_texts(array[::2]) == list(map(json.dumps, values[::2]))


def _records() -> Records:
    import numpy as np

    keys = ["a", 'quo"ted', "back\\slash", "Zürich", "%s"]
    load = np.array([0.5, -0.0, 1e300, 1e-300, 0.1])
    return Records(keys, {"load %": load, "nothing": None, "again": load})


def test_records_are_written_as_objects() -> None:
    """Records have the text of the objects that they stand for, at any depth."""
    records = _records()
    for document in (
        {"metrics": {"n": 1, "servers": records}},
        [records, [records]],
        records,
        {"a": Records([], {"x": None}), "b": 1},
    ):
        plain = json.loads(json.dumps(document, default=lambda kept: kept.document()))
        assert (
            dump_json(document)
            == json.dumps(plain, indent=1, ensure_ascii=False) + "\n"
        )


def test_lazy_records_look_like_dictionaries() -> None:
    """Every ordinary way to read a dictionary of records gives plain objects."""

    def lazy() -> LazyRecords:
        return LazyRecords({"n": 1, "servers": _records()})

    plain = {"n": 1, "servers": _records().document()}
    assert lazy() == plain
    assert plain == lazy()
    assert lazy() != {"n": 1}
    assert dict(lazy()) == plain
    assert {**lazy()} == plain
    assert lazy() | {"m": 2} == {**plain, "m": 2}
    assert list(lazy().items()) == list(plain.items())
    assert list(lazy().values()) == list(plain.values())
    assert lazy()["servers"] == plain["servers"]
    assert lazy().get("servers") == plain["servers"]
    assert lazy().get("else") is None
    assert lazy().copy() == plain
    assert repr(lazy()) == repr(plain)
    assert json.dumps(lazy()) == json.dumps(plain)
    assert type(pickle.loads(pickle.dumps(lazy()))) is dict
    assert copy.deepcopy(lazy()) == plain
    assert lazy().columns("n") is None
    assert lazy().columns("servers") is not None
    seen = lazy()
    assert seen["servers"] is seen["servers"]
    assert seen.columns("servers") is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: rows.pop("a"),
        lambda rows: rows.update(more=dict(rows["a"])),
        lambda rows: rows["a"].pop("again"),
        lambda rows: rows["a"].update(more=1.0),
        lambda rows: rows["a"].update(again=True),
        lambda rows: rows["a"].update(again=None),
        lambda rows: rows["a"].update(nothing=0.0),
        lambda rows: rows.update(a=1.0),
    ],
)
def test_other_records_are_looked_at_closely(spoil: Any) -> None:
    """Records with other keys, names or kinds of values are not taken for the same."""
    rows = _records().document()
    columns = _records().columns_of(rows)
    assert columns is not None
    assert columns["nothing"] is None
    spoil(rows)
    assert _records().columns_of(rows) is None
