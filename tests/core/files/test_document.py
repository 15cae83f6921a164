"""Documents: identity of the content, immutability, migration of old versions."""

from __future__ import annotations

import copy
import gzip
import json
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from pydantic import Field

import optkit
from optkit.allocation.instance import AllocationInstance
from optkit.core.errors import Issue
from optkit.core.files.document import Document
from optkit.core.files.fields import Identifier, Quantity
from optkit.core.tools.instance_files import parse_instance
from tests.core.documents import (
    FROZEN,
    FROZEN_HASH,
    encoded,
    instance_document,
    placed,
)


def test_frozen_instance_keeps_its_identity() -> None:
    """The hash of an instance never changes: published solution files refer to it."""
    assert optkit.load(FROZEN / "allocation-v1.json").sha256 == FROZEN_HASH
    assert optkit.load(FROZEN / "allocation-v1.json.gz").sha256 == FROZEN_HASH


def test_frozen_hash_is_that_of_the_canonical_json() -> None:
    """The hash is the sha256 of the RFC 8785 text without name and provenance."""
    import hashlib

    canonical = (
        '{"links":[{"gbps":2,"source":"m","target":"a"},'
        '{"gbps":4,"source":"a","target":"b"}],"master":"m",'
        '"schema":"optkit/allocation","schema_version":1,"servers":['
        '{"capacitance":0.5,"ghz":2,"id":"m","tx_watt":4},'
        '{"capacitance":0.25,"ghz":4,"id":"a","tx_watt":2},'
        '{"capacitance":1,"ghz":1,"id":"b","tx_watt":8}],'
        '"task":{"gcycles_per_gbit":2,"size_gbit":6},'
        '"weights":{"energy":0.25,"time":0.5}}'
    )
    assert hashlib.sha256(canonical.encode()).hexdigest() == FROZEN_HASH


def _reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed_keys(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return [_reversed_keys(item) for item in value]
    return value


def _as_integers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_integers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_integers(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


SPELLINGS: dict[str, Callable[[], bytes]] = {
    "key order": lambda: encoded(_reversed_keys(instance_document())),
    "whitespace": lambda: json.dumps(instance_document(), indent=7).encode(),
    "no whitespace": lambda: json.dumps(
        instance_document(), separators=(",", ":")
    ).encode(),
    "name": lambda: encoded(instance_document(name="another")),
    "provenance": lambda: encoded(instance_document(provenance="elsewhere")),
    "integers": lambda: encoded(_as_integers(instance_document())),
    "exponents": lambda: encoded(instance_document()).replace(b"6.0", b"0.06e+2"),
    "escapes": lambda: encoded(instance_document()).replace(b'"a"', b'"\\u0061"'),
    "byte order mark": lambda: b"\xef\xbb\xbf" + encoded(instance_document()),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_spelling_does_not_change_the_identity(
    spelling: str, suffix: str, tmp_path: Path
) -> None:
    """Reformatted, renamed and repacked files are the same instance."""
    content = SPELLINGS[spelling]()
    path = tmp_path / f"x{suffix}"
    path.write_bytes(gzip.compress(content) if suffix.endswith("gz") else content)
    assert optkit.load(path).sha256 == FROZEN_HASH


CHANGES: dict[str, Any] = {
    "task.size_gbit": math.nextafter(6.0, 7.0),
    "task.gcycles_per_gbit": 2.5,
    "weights.time": 0.0,
    "weights.energy": 0.5,
    "master": "a",
    "servers.0.ghz": 2.0000001,
    "servers.1.capacitance": 0.0,
    "servers.2.tx_watt": 7.0,
    "links.0.gbps": 2.5,
    "links.1.source": "m",
}


def test_every_content_changes_the_identity() -> None:
    """Every change of the content changes the hash."""
    hashes = {FROZEN_HASH}
    for path, value in CHANGES.items():
        hashes.add(parse_instance(placed(instance_document(), path, value)).sha256)
    swapped = instance_document()
    swapped["servers"].reverse()
    hashes.add(parse_instance(swapped).sha256)
    shorter = instance_document()
    shorter["links"].pop()
    hashes.add(parse_instance(shorter).sha256)
    assert len(hashes) == len(CHANGES) + 3


def test_a_copy_with_other_content_has_another_identity() -> None:
    """A modified copy of an instance gets a hash of its own."""
    instance = parse_instance(instance_document())
    assert instance.sha256 == FROZEN_HASH
    assert isinstance(instance, AllocationInstance)
    task = instance.task.model_copy(update={"size_gbit": 7.0})
    other = instance.model_copy(update={"task": task})
    expected = parse_instance(placed(instance_document(), "task.size_gbit", 7.0))
    assert other.sha256 == expected.sha256


def test_instances_are_immutable() -> None:
    """Instances cannot be changed after loading."""
    instance = parse_instance(instance_document())
    with pytest.raises(Exception, match="frozen"):
        instance.name = "x"
    assert isinstance(instance, AllocationInstance)
    with pytest.raises(Exception, match="frozen"):
        instance.servers[0].ghz = 1.0


def test_references_are_checked_whatever_holds_the_servers() -> None:
    """Dangling references are found in instances built in Python from any iterable."""
    data = instance_document(master="nobody")
    servers = data.pop("servers")
    with pytest.raises(ValueError, match="not the id of a server"):
        AllocationInstance(**data, servers=(server for server in servers))


class Toy(Document):
    """A document in its third version: ``speed`` was ``rate``, then in kHz."""

    SCHEMA: ClassVar[str] = "optkit/toy"
    VERSION: ClassVar[int] = 3
    UNHASHED: ClassVar[frozenset[str]] = frozenset({"name"})

    schema_: Literal["optkit/toy"] = Field("optkit/toy", alias="schema")
    schema_version: Literal[3] = 3
    name: Identifier
    speed: Quantity

    @classmethod
    def cross_check(cls, data: Mapping[str, Any]) -> Iterable[Issue]:
        """Refuse one name, to show that references are checked after migration."""
        if data.get("name") == "forbidden":
            yield Issue("name", f"forbidden at {data.get('speed')!r}")


def _to_2(data: dict[str, Any]) -> dict[str, Any]:
    data["speed_khz"] = data.pop("rate")
    return data


def _to_3(data: dict[str, Any]) -> dict[str, Any]:
    data["speed"] = data.pop("speed_khz") / 1e6
    return data


Toy.MIGRATIONS = {1: _to_2, 2: _to_3}

VERSIONS: tuple[dict[str, Any], ...] = (
    {"schema": "optkit/toy", "schema_version": 1, "name": "t", "rate": 2e6},
    {"schema": "optkit/toy", "schema_version": 2, "name": "t", "speed_khz": 2e6},
    {"schema": "optkit/toy", "schema_version": 3, "name": "t", "speed": 2.0},
)


@pytest.mark.parametrize("data", VERSIONS)
def test_old_versions_migrate(data: dict[str, Any]) -> None:
    """Every old version is migrated to the current document, with the current hash."""
    before = copy.deepcopy(data)
    toy = Toy.parse(data)
    assert (toy.schema_version, toy.speed) == (3, 2.0)
    assert toy.sha256 == Toy.parse(VERSIONS[2]).sha256
    assert data == before  # the caller's document is left alone


def test_newer_version_is_refused_and_named() -> None:
    """A file of a newer version is refused, and the message names both versions."""
    with pytest.raises(optkit.InvalidFileError, match="4 is newer than 3"):
        Toy.parse({**VERSIONS[2], "schema_version": 4}, "toy.json")


@pytest.mark.parametrize("version", [0, -1, "1", 1.0, True, None, [1]])
def test_version_that_never_was_is_refused(version: Any) -> None:
    """A version that never existed is refused."""
    with pytest.raises(optkit.InvalidFileError, match="schema_version"):
        Toy.parse({**VERSIONS[0], "schema_version": version})


@pytest.mark.parametrize(
    "change", [{"rate": None}, {"rate": "fast"}, {"rate": [1]}, {}]
)
def test_malformed_old_file_is_an_invalid_file(change: dict[str, Any]) -> None:
    """A migration that fails is reported as an invalid file."""
    data = {k: v for k, v in VERSIONS[0].items() if k != "rate"} | change
    with pytest.raises(optkit.InvalidFileError, match=r"toy\.json"):
        Toy.parse(data, "toy.json")


def test_references_are_checked_after_migration() -> None:
    """References are checked after migration, in the current version."""
    with pytest.raises(optkit.InvalidFileError, match=r"forbidden at 2\.0"):
        Toy.parse({**VERSIONS[0], "name": "forbidden"})
