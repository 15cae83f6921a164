"""Every way in which a file can be wrong ends in one error that says where and why."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import optkit
from tests.core.documents import (
    encoded,
    instance_document,
    placed,
    solution_document,
    without,
)


@dataclass(frozen=True)
class Bad:
    """A malformed file.

    Parameters
    ----------
    content
        Its bytes, or a function that puts something unreadable at the path.
    expected
        What the message has to contain: a path in the document, or what is allowed.
    suffix
        How its name ends.
    """

    content: bytes | Callable[[Path], object]
    expected: tuple[str, ...]
    suffix: str = ".json"

    def put(self, path: Path) -> Path:
        """Write the file at ``path`` with its suffix, and return where it is."""
        path = path.with_name(path.name + self.suffix)
        if callable(self.content):
            self.content(path)
        else:
            path.write_bytes(self.content)
        return path


def _loop(path: Path) -> None:
    path.symlink_to(path)


GOOD = encoded(instance_document())
DEEP = 100_000


def _files() -> Iterator[tuple[str, Bad]]:
    """Yield files that cannot be read, or are no JSON object."""
    yield "missing", Bad(lambda path: None, ("no such file",))
    yield "folder", Bad(lambda path: path.mkdir(), ("folder",))
    yield "unreadable", Bad(_loop, ("cannot be opened",))
    yield "empty", Bad(b"", ("empty", "object is expected"))
    yield "whitespace", Bad(b" \n\t\r\n", ("empty", "object is expected"))
    yield "byte order mark alone", Bad(b"\xef\xbb\xbf", ("not JSON",))
    yield "truncated", Bad(GOOD[: len(GOOD) // 2], ("not JSON", "line", "column"))
    yield "last brace missing", Bad(GOOD[:-1], ("not JSON", "line"))
    yield "trailing garbage", Bad(GOOD + b" xyz", ("not JSON", "Extra data"))
    yield "two documents", Bad(GOOD + b"\n" + GOOD, ("not JSON", "Extra data"))
    yield "trailing comma", Bad(b'{"schema": "optkit/allocation",}', ("not JSON",))
    yield "single quotes", Bad(b"{'schema': 'optkit/allocation'}", ("not JSON",))
    yield "comment", Bad(b"// an instance\n" + GOOD, ("not JSON",))
    yield "UTF-16", Bad(GOOD.decode().encode("utf-16"), ("UTF-8",))
    yield (
        "UTF-16 without a mark",
        Bad(GOOD.decode().encode("utf-16-le"), ("not JSON",)),
    )
    latin = encoded(instance_document()).replace(b"three", "drü".encode("latin-1"))
    yield "Latin-1", Bad(latin, ("UTF-8", "0xfc"))
    yield "binary", Bad(bytes(range(256)) * 4, ("UTF-8",))
    yield "NUL bytes", Bad(b"\0" * 64, ("not JSON",))
    yield "NUL inside", Bad(GOOD.replace(b"three", b"th\0ee"), ("not JSON",))
    packed = gzip.compress(GOOD, mtime=0)
    yield "gz that is plain", Bad(GOOD, ("not a whole gzip file",), ".json.gz")
    yield (
        "gz truncated",
        Bad(packed[: len(packed) // 2], ("not a whole gzip file",), ".json.gz"),
    )
    spoilt = packed[:30] + bytes(b ^ 0x55 for b in packed[30:60]) + packed[60:]
    yield "gz spoilt", Bad(spoilt, ("not a whole gzip file",), ".json.gz")
    yield (
        "gz with a tail",
        Bad(packed + b"tail", ("not a whole gzip file",), ".json.gz"),
    )
    yield "gz of rubbish", Bad(gzip.compress(b"rubbish"), ("not JSON",), ".json.gz")
    yield "gz of nothing", Bad(gzip.compress(b""), ("empty",), ".json.gz")
    yield "gz of no bytes", Bad(b"", ("empty",), ".json.gz")
    yield "json that is gz", Bad(packed, ("UTF-8", ".json.gz"))
    yield "array", Bad(b"[1, 2]", ("object",))
    yield "string", Bad(b'"optkit/allocation"', ("object",))
    yield "number", Bad(b"17", ("object",))
    yield "boolean", Bad(b"true", ("object",))
    yield "null", Bad(b"null", ("object",))
    yield "array of instances", Bad(b"[" + GOOD + b"]", ("object",))
    nested = b'{"a":' * DEEP + b"1" + b"}" * DEEP
    yield "deep objects", Bad(nested, ("nested too deeply", "200"))
    yield "deep arrays", Bad(b"[" * DEEP + b"]" * DEEP, ("nested too deeply", "200"))
    yield (
        "just too deep",
        Bad(b'{"a":' + b"[" * 300 + b"]" * 300 + b"}", ("nested too deeply", "200")),
    )
    digits = GOOD.replace(b"6.0", b"9" * 5000, 1)
    yield "integer of 5,000 digits", Bad(digits, ("digits",))
    yield (
        "repeated key",
        Bad(GOOD.replace(b'"master"', b'"name": "x", "master"'), ("name: the key",)),
    )
    yield (
        "repeated key below",
        Bad(
            GOOD.replace(b'"ghz": 4.0', b'"ghz": 4.0, "ghz": 5.0'),
            ("servers[1].ghz: the key", "more than once"),
        ),
    )
    yield (
        "repeated keys at two depths",
        Bad(
            GOOD.replace(b'"gbps": 4.0', b'"gbps": 4.0, "gbps": 4.0').replace(
                b'"size_gbit"', b'"size_gbit": 1, "size_gbit"'
            ),
            ("links[1].gbps: the key", "task.size_gbit: the key"),
        ),
    )
    yield (
        "repeated key nobody can print",
        Bad(b'{"\\ud800\\u001b[2J": 1, "\\ud800\\u001b[2J": 2}', ("more than once",)),
    )


def _instances() -> Iterator[tuple[str, Bad]]:
    """Yield instances that are JSON objects but invalid."""

    def bad(path: str, value: Any, *expected: str) -> Bad:
        return Bad(encoded(placed(instance_document(), path, value)), expected)

    for value in ("NaN", "Infinity", "-Infinity", "1e400", "-1e400"):
        text = GOOD.replace(b'"ghz": 4.0', f'"ghz": {value}'.encode())
        yield f"ghz is {value}", Bad(text, ("servers[1].ghz", "must be"))
    text = GOOD.replace(b'"size_gbit": 6.0', b'"size_gbit": 1' + b"0" * 400)
    yield "integer past every float", Bad(text, ("task.size_gbit", "must be"))

    yield "unknown key", bad("colour", 1, "colour: unknown key", "Allowed: ", "master")
    yield "misspelt key", bad("mastre", "m", "mastre: unknown key", "'master'?")
    yield (
        "misspelt key in the task",
        bad("task.size_gbits", 1, "task.size_gbits: unknown key", "'size_gbit'?"),
    )
    yield (
        "misspelt key in the weights",
        bad("weights.enery", 1, "weights.enery: unknown key", "'energy'?"),
    )
    yield (
        "misspelt key in a server",
        bad("servers.1.GHz", 1, "servers[1].GHz: unknown key", "'ghz'?"),
    )
    yield (
        "misspelt key in a link",
        bad("links.0.gpbs", 1, "links[0].gpbs: unknown key", "'gbps'?"),
    )
    yield "key nobody can print", bad("\ud800", 1, "unicode")
    yield "key that moves the cursor", bad("\x1b[2J\n", 1, "unknown key")
    for path in (
        "schema_version",
        "name",
        "task",
        "task.size_gbit",
        "task.gcycles_per_gbit",
        "weights",
        "weights.time",
        "weights.energy",
        "master",
        "servers",
        "servers.0.id",
        "servers.1.ghz",
        "servers.1.capacitance",
        "servers.2.tx_watt",
        "links",
        "links.0.source",
        "links.0.target",
        "links.1.gbps",
    ):
        shown = path.replace(".0", "[0]").replace(".1", "[1]").replace(".2", "[2]")
        yield (
            f"without {path}",
            Bad(encoded(without(instance_document(), path)), (f"{shown}: missing",)),
        )

    yield "schema missing", Bad(b'{"name": "x"}', ("schema: missing", "Known: optkit/"))
    yield (
        "schema of nobody",
        bad("schema", "zzz", "schema: 'zzz' is unknown", "Known: optkit/allocation"),
    )
    yield (
        "schema misspelt",
        bad("schema", "optkit/alocation", "schema", "'optkit/allocation'?"),
    )
    yield "schema is a number", bad("schema", 1, "schema", "Known: optkit/allocation")
    yield "schema is null", bad("schema", None, "schema", "Known: optkit/allocation")
    yield "schema is an array", bad("schema", ["a"], "schema", "Known: ")
    yield (
        "a solution as an instance",
        Bad(encoded(solution_document()), ("schema", "this is a solution file")),
    )
    for version, expected in (
        (0, "must be 1"),
        (-1, "must be 1"),
        (2, "newer than 1"),
        (10**30, "newer than 1"),
        ("1", "must be 1"),
        (1.5, "must be 1"),
        (True, "must be 1"),
        (None, "must be 1"),
        ([1], "must be 1"),
    ):
        yield (
            f"schema_version is {version!r}",
            bad("schema_version", version, "schema_version: ", expected),
        )

    number = "must be a valid number"
    yield "number as a string", bad("servers.0.ghz", "2", "servers[0].ghz", number)
    yield "boolean as a number", bad("servers.0.ghz", True, "servers[0].ghz", number)
    yield "null as a number", bad("task.size_gbit", None, "task.size_gbit", number)
    yield "array as a number", bad("weights.time", [1], "weights.time", number)
    yield "object as a number", bad("links.0.gbps", {}, "links[0].gbps", number)
    yield "number as a name", bad("name", 7, "name", "must be a valid string")
    yield "number as an id", bad("servers.0.id", 7, "servers[0].id", "valid string")
    yield "null as a master", bad("master", None, "master", "must be a valid string")
    yield "provenance is an array", bad("provenance", [], "provenance", "string")
    yield "task is a number", bad("task", 3, "task", "must be")
    yield "weights is null", bad("weights", None, "weights", "must be")

    least, most = "must be greater than or equal to", "must be less than or equal to"
    yield "zero ghz", bad("servers.1.ghz", 0, "servers[1].ghz", least)
    yield "negative ghz", bad("servers.1.ghz", -4.0, "servers[1].ghz", least)
    yield "zero rate", bad("links.1.gbps", 0.0, "links[1].gbps", least)
    yield "negative rate", bad("links.1.gbps", -1, "links[1].gbps", least)
    yield "negative size", bad("task.size_gbit", -1e-9, "task.size_gbit", least)
    yield "zero work", bad("task.gcycles_per_gbit", 0, "task.gcycles_per_gbit", least)
    yield "negative weight", bad("weights.energy", -0.1, "weights.energy", least)
    yield "negative power", bad("servers.0.tx_watt", -1, "servers[0].tx_watt", least)
    yield (
        "negative capacitance",
        bad("servers.0.capacitance", -1, "servers[0].capacitance", least),
    )
    yield "rate past the limit", bad("links.0.gbps", 1e16, "links[0].gbps", most)
    yield "rate below the limit", bad("links.0.gbps", 1e-16, "links[0].gbps", least)
    yield "size past the limit", bad("task.size_gbit", 1e16, "task.size_gbit", most)
    yield "weight past the limit", bad("weights.time", 1e16, "weights.time", most)

    yield "no servers", bad("servers", [], "servers", "at least 1")
    yield "servers is an object", bad("servers", {"m": {}}, "servers", "array")
    yield "servers is null", bad("servers", None, "servers", "must be")
    yield "a server is an array", bad("servers.1", ["a", 4.0], "servers[1]", "must be")
    yield "a server is a string", bad("servers.1", "a", "servers[1]", "must be")
    yield "links is an object", bad("links", {"m": "a"}, "links", "array")
    yield "links is a string", bad("links", "m-a", "links", "must be")
    yield "a link is a pair", bad("links.0", ["m", "a"], "links[0]", "must be")
    yield "empty name", bad("name", "", "name", "at least 1 character")
    yield "empty id", bad("servers.1.id", "", "servers[1].id", "at least 1 character")
    yield "name too long", bad("name", "n" * 201, "name", "at most 200")
    yield "id too long", bad("servers.1.id", "n" * 201, "servers[1].id", "at most 200")
    yield "provenance too long", bad("provenance", "p" * 20_001, "provenance", "20000")
    for label, text in (
        ("newline", "a\nb"),
        ("last newline", "a\n"),
        ("NUL", "a\0"),
        ("delete", "a\x7f"),
        ("escape", "\x1b[31m"),
        ("C1 control", "a\x9b31m"),
    ):
        yield f"id with a {label}", bad("servers.1.id", text, "servers[1].id")
    yield "lone surrogate in an id", bad("servers.1.id", "\ud800", "servers[1].id")
    yield "lone surrogate in the name", bad("name", "\udfff", "name", "unicode")
    yield (
        "repeated id",
        bad("servers.2.id", "a", "servers[2].id", "already the id of servers[1]"),
    )
    yield "dangling master", bad("master", "x9", "master", "not the id of a server")
    yield (
        "dangling source",
        bad("links.1.source", "zz", "links[1].source", "not the id of a server"),
    )
    yield (
        "dangling target",
        bad("links.1.target", "B", "links[1].target", "not the id", "'b'?"),
    )
    yield "self loop", bad("links.1.source", "b", "links[1]", "itself", "two servers")
    yield (
        "repeated link",
        bad(
            "links.1",
            {"source": "m", "target": "a", "gbps": 9.0},
            "links[1]",
            "already links[0]",
        ),
    )


def _solutions() -> Iterator[tuple[str, Bad]]:
    """Yield solution files that are JSON objects but invalid."""

    def bad(path: str, value: Any, *expected: str) -> Bad:
        return Bad(encoded(placed(solution_document(), path, value)), expected)

    yield (
        "an instance as a solution",
        Bad(encoded(instance_document()), ("schema", "this is an instance of family")),
    )
    for path in (
        "schema",
        "schema_version",
        "instance",
        "instance.schema",
        "instance.name",
        "instance.sha256",
        "solver",
        "solver.name",
        "solver.version",
        "status",
        "termination",
        "termination.reason",
        "objective",
        "bound",
        "gap",
        "solution",
    ):
        yield (
            f"without {path}",
            Bad(encoded(without(solution_document(), path)), (f"{path}: missing",)),
        )
    yield "schema misspelt", bad("schema", "optkit/solutoin", "schema", "must be")
    yield "version 2", bad("schema_version", 2, "schema_version", "newer than 1")
    yield "version true", bad("schema_version", True, "schema_version", "must be 1")
    yield "unknown key", bad("gaap", 1, "gaap: unknown key", "'gap'?")
    yield "unknown key below", bad("timings.solve", 1, "timings.solve", "'solve_s'?")
    yield "status of nobody", bad("status", "great", "status", "'optimal'")
    yield "status is true", bad("status", True, "status", "'optimal'")
    yield (
        "reason of nobody",
        bad("termination.reason", "bored", "termination.reason", "'time-limit'"),
    )
    yield "hash too short", bad("instance.sha256", "ab", "instance.sha256", "pattern")
    yield "hash in capitals", bad("instance.sha256", "A" * 64, "instance.sha256")
    yield "objective is a string", bad("objective", "9.0", "objective", "number")
    yield "objective is true", bad("objective", True, "objective", "number")
    yield "objective is NaN", bad("objective", float("nan"), "objective", "finite")
    yield "bound is infinite", bad("bound", float("-inf"), "bound", "finite")
    yield "gap is negative", bad("gap", -0.5, "gap", "greater than or equal to 0")
    yield (
        "seed is negative",
        bad("solver.seed", -1, "solver.seed", "greater than or equal to 0"),
    )
    yield "seed is a float", bad("solver.seed", 1.5, "solver.seed", "integer")
    yield "options are a list", bad("solver.options", [], "solver.options", "must be")
    yield "time is negative", bad("timings.solve_s", -1.0, "timings.solve_s", "0")
    yield "feasible is a word", bad("verification.feasible", "yes", "feasible")
    yield "feasible is a number", bad("verification.feasible", 1, "feasible")
    yield "violations are text", bad("verification.violations", "x", "violations")
    yield "trajectory is an object", bad("trajectory", {}, "trajectory", "array")
    yield "a point too short", bad("trajectory.1", [0.1, 1.0], "trajectory[1]")
    yield "a point too long", bad("trajectory.1", [0.1, 1, 1, 1], "trajectory[1]")
    yield "a point in words", bad("trajectory.0", ["0", 1.0, 1.0], "trajectory[0]")
    yield "a point before zero", bad("trajectory.0", [-1.0, 1.0, 1.0], "trajectory[0]")
    yield "NaN among the metrics", bad("metrics.x", float("nan"), "metrics.x")
    yield "infinity among the options", bad("solver.options.x", float("inf"), "options")
    yield "solution is an array", bad("solution", [], "solution", "must be")


INSTANCES = {f"file, {name}": bad for name, bad in _files()} | {
    f"instance, {name}": bad for name, bad in _instances()
}
SOLUTIONS = {f"file, {name}": bad for name, bad in _files()} | {
    f"solution, {name}": bad for name, bad in _solutions()
}


def _assert_explained(error: optkit.InvalidFileError, path: Path, bad: Bad) -> None:
    text = str(error)
    assert text.startswith(f"{path}: "), text
    for expected in bad.expected:
        assert expected in text
    body = text.removeprefix(str(path))
    assert all(line.isprintable() for line in body.split("\n")), ascii(body)
    assert len(text) < 3000


def test_there_are_enough_kinds() -> None:
    """The generators above yield as many kinds of faults as they should."""
    assert len(INSTANCES) >= 45
    assert len(SOLUTIONS) >= 45


@pytest.mark.parametrize("name", INSTANCES)
def test_malformed_instance_is_explained(name: str, tmp_path: Path) -> None:
    """The error for a malformed instance names file, path and rule."""
    path = INSTANCES[name].put(tmp_path / "network")
    with pytest.raises(optkit.InvalidFileError) as caught:
        optkit.load(path)
    _assert_explained(caught.value, path, INSTANCES[name])


@pytest.mark.parametrize("name", SOLUTIONS)
def test_malformed_solution_is_explained(name: str, tmp_path: Path) -> None:
    """The error for a malformed solution file names file, path and rule."""
    path = SOLUTIONS[name].put(tmp_path / "answer")
    with pytest.raises(optkit.InvalidFileError) as caught:
        optkit.load_solution(path)
    _assert_explained(caught.value, path, SOLUTIONS[name])


FAMILY_SOLUTIONS: dict[str, tuple[str, Any, str]] = {
    "load is a word": ("load_gbit.a", "3", "solution.load_gbit.a"),
    "load is true": ("load_gbit.a", True, "solution.load_gbit.a"),
    "load is NaN": ("load_gbit.a", float("nan"), "solution.load_gbit.a"),
    "load is infinite": ("load_gbit.a", float("inf"), "solution.load_gbit.a"),
    "load is null": ("load_gbit.a", None, "solution.load_gbit.a"),
    "loads are a list": ("load_gbit", [1.0], "solution.load_gbit"),
    "parent is a number": ("parent.a", 0, "solution.parent.a"),
    "parent is null": ("parent.a", None, "solution.parent.a"),
    "parents are missing": ("parent", None, "solution.parent"),
    "order is a word": ("order.a", "ab", "solution.order.a"),
    "order holds a number": ("order.a", ["a", 1], "solution.order.a[1]"),
    "routing of nobody": ("routing", "fast", "solution.routing"),
    "unknown key": ("loads", {}, "solution.loads: unknown key"),
}


@pytest.mark.parametrize("name", FAMILY_SOLUTIONS)
def test_malformed_family_solution_is_explained(name: str) -> None:
    """Errors in the family's part of a solution file have paths below ``solution``."""
    from optkit.core.tools.instance_files import parse_instance
    from optkit.core.tools.solution_files import SolutionDocument

    instance = parse_instance(instance_document())
    path, value, expected = FAMILY_SOLUTIONS[name]
    data = placed(solution_document(), f"solution.{path}", value)
    document = SolutionDocument.parse(solution_document(), "answer.json")
    document = document.model_copy(
        update={
            "instance": document.instance.model_copy(
                update={"sha256": instance.sha256}
            ),
            "solution": data["solution"],
        }
    )
    with pytest.raises(optkit.InvalidFileError) as caught:
        optkit.check_document(instance, document, "answer.json")
    assert str(caught.value).startswith("answer.json: ")
    assert expected in str(caught.value)


def test_several_errors_are_reported_at_once(tmp_path: Path) -> None:
    """All errors of a file are reported together, of whatever kind they are."""
    data = instance_document(master="nobody")
    placed(data, "task.size_gbit", -1)
    placed(data, "servers.0.ghz", "fast")
    placed(data, "servers.2.id", "a")
    placed(data, "links.0.target", "zz")
    placed(data, "links.1.gpbs", 3.0)
    without(data, "weights.time")
    path = tmp_path / "many.json"
    path.write_bytes(encoded(data))
    with pytest.raises(optkit.InvalidFileError) as caught:
        optkit.load(path)
    paths = {issue.path for issue in caught.value.issues}
    assert paths >= {
        "master",
        "task.size_gbit",
        "servers[0].ghz",
        "servers[2].id",
        "links[0].target",
        "links[1].gpbs",
        "weights.time",
    }
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert f"{len(caught.value.issues)} errors" in text


def test_a_file_full_of_errors_is_reported_quickly_and_briefly(tmp_path: Path) -> None:
    """Thousands of dangling ids are reported quickly, and the message stays short."""
    data = instance_document()
    data["servers"] = [{**data["servers"][0], "id": f"n{k}"} for k in range(600)]
    data["master"] = "n0"
    data["links"] = [
        {"source": f"node-{k}", "target": f"node-{k + 1}", "gbps": 1.0}
        for k in range(600)
    ]
    with pytest.raises(optkit.InvalidFileError) as caught:
        optkit.core.tools.instance_files.parse_instance(data, "big.json")
    assert "links[0].source" in str(caught.value)
    assert "1200 errors" in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 200


def test_many_keys_with_one_repeated_are_read_quickly() -> None:
    """One repeated key among very many is found quickly."""
    import time

    from optkit.core.files.text import parse_json

    keys = ",".join(f'"k{k}":1' for k in range(20_000))
    start = time.perf_counter()
    with pytest.raises(optkit.InvalidFileError, match="k7: the key"):
        parse_json(("{" + keys + ',"k7":2}').encode(), "big.json")
    assert time.perf_counter() - start < 1.0


def test_byte_order_mark_is_legal(tmp_path: Path) -> None:
    """A byte order mark, as editors on Windows write it, is accepted."""
    path = tmp_path / "marked.json"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD)
    assert optkit.load(path).name == "three in a row"


def test_whole_numbers_serve_as_numbers() -> None:
    """Whole numbers are accepted where numbers are expected: 1 is as good as 1.0."""
    from optkit.core.tools.instance_files import parse_instance

    data = placed(instance_document(), "servers.0.ghz", 2)
    assert parse_instance(data).sha256 == parse_instance(instance_document()).sha256


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="the superuser reads everything",
)
def test_file_without_read_permission(tmp_path: Path) -> None:
    """A file without read permission is reported, without a traceback."""
    path = tmp_path / "secret.json"
    path.write_bytes(GOOD)
    path.chmod(0)
    with pytest.raises(optkit.InvalidFileError, match="cannot be opened"):
        optkit.load(path)


def test_gzip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gzip file that unpacks to more than the documented limit is refused."""
    from optkit.core.files import text

    monkeypatch.setattr(text, "MAX_BYTES", 1_000_000)
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(b" " * 1_000_001))
    with pytest.raises(optkit.InvalidFileError, match="larger than"):
        optkit.load(path)


def _validate(paths: list[Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "optkit", "validate", *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_command_line_names_every_bad_file(tmp_path: Path) -> None:
    """The command line names every bad file and ends with status 3, without a traceback."""
    good = tmp_path / "good.json"
    good.write_bytes(GOOD)
    assert _validate([good]).returncode == 0
    paths = [
        bad.put(tmp_path / f"bad-{number}")
        for number, (kind, bad) in enumerate(INSTANCES.items())
        if kind != "instance, a solution as an instance"  # `validate` takes both
    ]
    done = _validate(paths)
    assert done.returncode == 3, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    unnamed = [path.name for path in paths if str(path) not in done.stderr]
    assert not unnamed


def test_messages_survive_as_json() -> None:
    """Error messages are valid Unicode, so they can be written as JSON."""
    from optkit.core.files.text import parse_json

    with pytest.raises(optkit.InvalidFileError) as caught:
        parse_json(b'{"\\ud800": 1, "\\ud800": 2}', "x.json")
    json.dumps(str(caught.value), ensure_ascii=False).encode("utf-8")
