"""Files: identity of instances, writing whole or not at all, migration, round trips."""

from __future__ import annotations

import copy
import gzip
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field

import optkit
from optkit.allocation.instance import AllocationInstance
from optkit.core.errors import Issue
from optkit.core.files.document import Document
from optkit.core.files.fields import Identifier, Quantity
from optkit.core.files.text import write_bytes, write_json
from optkit.core.tools.instance_files import parse_instance
from optkit.core.tools.solution_files import SolutionDocument
from tests.core.documents import encoded, instance_document, placed, solution_document

FROZEN = Path(__file__).parents[2] / "data" / "frozen"

FROZEN_HASH = "de2b863fa86f484a1485a0a885fc6a67515acedf2b9234061f6491ee3b5efbf1"
"""Identity of ``allocation-v1.json``; solutions in the world name it. Never edit."""


# -- identity ----------------------------------------------------------------------


def test_frozen_instance_keeps_its_identity() -> None:
    """Protects every solution file in the world: the hash of an instance never changes."""
    assert optkit.load(FROZEN / "allocation-v1.json").sha256 == FROZEN_HASH
    assert optkit.load(FROZEN / "allocation-v1.json.gz").sha256 == FROZEN_HASH


def test_frozen_solution_loads_and_passes() -> None:
    """Protects old solution files: they load, and still pass the check."""
    instance = optkit.load(FROZEN / "allocation-v1.json")
    document = optkit.load_solution(FROZEN / "solution-v1.json")
    verification = optkit.check_document(instance, document)
    assert verification.feasible, verification.violations
    assert verification.objective == pytest.approx(4.841155234657039, rel=1e-12)


def test_frozen_hash_is_that_of_the_canonical_json() -> None:
    """Protects the definition: sha256 of RFC 8785 without name and provenance."""
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
    """Protects reformatted, renamed and repacked files from becoming other instances."""
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
    """Protects against a solution that passes for another instance's."""
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
    """Protects library users who vary instances: no hash outlives its content."""
    instance = parse_instance(instance_document())
    assert instance.sha256 == FROZEN_HASH
    assert isinstance(instance, AllocationInstance)
    task = instance.task.model_copy(update={"size_gbit": 7.0})
    other = instance.model_copy(update={"task": task})
    expected = parse_instance(placed(instance_document(), "task.size_gbit", 7.0))
    assert other.sha256 == expected.sha256


def test_instances_are_immutable() -> None:
    """Protects the identity: what was loaded stays what it is."""
    instance = parse_instance(instance_document())
    with pytest.raises(Exception, match="frozen"):
        instance.name = "x"
    assert isinstance(instance, AllocationInstance)
    with pytest.raises(Exception, match="frozen"):
        instance.servers[0].ghz = 1.0


def test_references_are_checked_whatever_holds_the_servers() -> None:
    """Protects instances built in Python: no container hides a dangling reference."""
    data = instance_document(master="nobody")
    servers = data.pop("servers")
    with pytest.raises(ValueError, match="not the id of a server"):
        AllocationInstance(**data, servers=(server for server in servers))


# -- round trips -------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_instance_round_trip(suffix: str, tmp_path: Path) -> None:
    """Protects instances: written and read again they are equal, byte for byte."""
    instance = parse_instance(instance_document(name="Zürich – 東京"))
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    optkit.save_instance(instance, first)
    optkit.save_instance(optkit.load(first), second)
    assert optkit.load(second) == instance
    assert optkit.load(second).sha256 == instance.sha256
    if suffix == ".json":
        assert "Zürich – 東京" in first.read_text("utf-8")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_solution_round_trip(suffix: str, tmp_path: Path) -> None:
    """Protects solutions: written twice they are the same bytes, and read back equal."""
    instance = parse_instance(instance_document())
    result = optkit.solve(instance, "pmo", limits=optkit.Limits(time=60.0))
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    optkit.save(result, first)
    time.sleep(0.01)
    optkit.save(result, second)
    # The name inside a gzip header would differ; the content may not.
    assert first.read_bytes() == second.read_bytes()
    document = optkit.load_solution(first)
    write_json(second, document.document())
    assert optkit.load_solution(second) == document
    assert document.objective == result.objective
    assert document.instance.sha256 == instance.sha256
    assert document.status is result.status


def test_every_limit_can_be_saved(tmp_path: Path) -> None:
    """Protects a finished run: no limit that was accepted makes its result unwritable."""
    instance = parse_instance(instance_document())
    for limits in ({"time": math.inf}, {"gap": math.inf}, {"target": -math.inf}):
        try:
            made = optkit.Limits(**limits)
        except optkit.UsageError:
            continue  # refused at once is as good
        optkit.save(optkit.solve(instance, "pmo", limits=made), tmp_path / "x.json")
        optkit.load_solution(tmp_path / "x.json")


# -- writing -----------------------------------------------------------------------


@pytest.mark.parametrize("broken", ["fsync", "replace", "write"])
def test_failure_in_the_middle_leaves_the_old_file(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects what was there: a full disk costs the new file, never the old one."""
    path = tmp_path / "x.json"
    write_bytes(path, b"old")

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    if broken == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    elif broken == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        usual = Path.open

        def open_full(self: Path, mode: str = "r", *rest: Any) -> Any:
            stream = usual(self, mode, *rest)
            if "x" in mode:
                stream.close()
                return os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb")
            return stream

        if not Path("/dev/full").exists():
            pytest.skip("no device that is always full")
        monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(optkit.UsageError, match="No space left"):
        write_bytes(path, b"new" * 100_000)
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.json"]


def test_interruption_in_the_middle_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects folders from rubbish: Ctrl-C while writing cleans up behind itself."""
    path = tmp_path / "x.json"

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(path, b"new")
    assert list(tmp_path.iterdir()) == []


WRITER = """
import sys, itertools
from pathlib import Path
from optkit.core.files.text import write_json
for k in itertools.count():
    write_json(Path(sys.argv[1]), {"k": k, "fill": [k] * 60000})
    print("written", flush=True)
"""


@pytest.mark.parametrize("name", ["x.json", "x.json.gz"])
def test_killed_writer_never_leaves_half_a_file(name: str, tmp_path: Path) -> None:
    """Protects readers: whenever a writer is killed, the file is whole."""
    path = tmp_path / name
    draw = random.Random(4)
    for _ in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(draw.uniform(0.0, 0.15))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        if path.exists():
            raw = path.read_bytes()
            found = json.loads(gzip.decompress(raw) if name.endswith("gz") else raw)
            assert found["fill"] == [found["k"]] * 60000
    assert path.exists()


@pytest.mark.parametrize(
    "name",
    ["missing/x.json", "file/x.json", ".", "", "a\0b.json", "n" * 300 + ".json"],
)
def test_unwritable_place_is_a_usage_error(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects users from a traceback at the end of a long run: the place is named."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("no folder")
    instance = parse_instance(instance_document())
    with pytest.raises(optkit.UsageError, match="cannot be written"):
        optkit.save_instance(instance, name)


def test_the_longest_legal_name_can_be_written(tmp_path: Path) -> None:
    """Protects long file names: the temporary file's name may not be longer still."""
    path = tmp_path / ("n" * 250 + ".json")
    optkit.save_instance(parse_instance(instance_document()), path)
    assert optkit.load(path).sha256 == FROZEN_HASH


# -- migration ---------------------------------------------------------------------


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
        """Refuse one name, to see that references are checked after migration."""
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
    """Protects old files: every version gives today's document and today's hash."""
    before = copy.deepcopy(data)
    toy = Toy.parse(data)
    assert (toy.schema_version, toy.speed) == (3, 2.0)
    assert toy.sha256 == Toy.parse(VERSIONS[2]).sha256
    assert data == before  # the caller's document is left alone


def test_newer_version_is_refused_and_named() -> None:
    """Protects files from the future: refused with both versions, never half read."""
    with pytest.raises(optkit.InvalidFileError, match="4 is newer than 3"):
        Toy.parse({**VERSIONS[2], "schema_version": 4}, "toy.json")


@pytest.mark.parametrize("version", [0, -1, "1", 1.0, True, None, [1]])
def test_version_that_never_was_is_refused(version: Any) -> None:
    """Protects against a file that is read as what it is not."""
    with pytest.raises(optkit.InvalidFileError, match="schema_version"):
        Toy.parse({**VERSIONS[0], "schema_version": version})


@pytest.mark.parametrize(
    "change", [{"rate": None}, {"rate": "fast"}, {"rate": [1]}, {}]
)
def test_malformed_old_file_is_an_invalid_file(change: dict[str, Any]) -> None:
    """Protects users of old files: a migration that fails says so as any other error."""
    data = {k: v for k, v in VERSIONS[0].items() if k != "rate"} | change
    with pytest.raises(optkit.InvalidFileError, match=r"toy\.json"):
        Toy.parse(data, "toy.json")


def test_references_are_checked_after_migration() -> None:
    """Protects the cross check, which is written for today's version only."""
    with pytest.raises(optkit.InvalidFileError, match=r"forbidden at 2\.0"):
        Toy.parse({**VERSIONS[0], "name": "forbidden"})


# -- anything at all ---------------------------------------------------------------

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


@_QUICK
@given(_VALUES)
def test_any_value_is_an_instance_or_an_invalid_file(value: Any) -> None:
    """Protects against every traceback nobody thought of, in the reader of instances."""
    try:
        parse_instance(value, "x.json")
    except optkit.InvalidFileError as error:
        _assert_named(error)


@_QUICK
@given(st.dictionaries(_KEYS, _VALUES, max_size=8))
def test_any_object_is_an_instance_or_an_invalid_file(value: dict[str, Any]) -> None:
    """Protects the family's own reader, past the test of the schema's name."""
    for content in (value, {**instance_document(), **value}):
        try:
            parse_instance({**content, "schema": "optkit/allocation"}, "x.json")
        except optkit.InvalidFileError as error:
            _assert_named(error)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        steps: Iterable[tuple[Any, Any]] = value.items()
    else:
        steps = enumerate(value if isinstance(value, list) else ())
    for key, child in steps:
        found += _paths(child, (*path, key))
    return found


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
    """Protects the reader where a file is almost right; what passes can be hashed."""
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
    """Protects the reader and the checker: whatever a file claims gets an answer."""
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
