"""Files are written completely or not at all."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.core.errors import InvalidFileError
from optkit.core.files.text import MAX_DEPTH, parse_json, write_bytes


@pytest.mark.parametrize("broken", ["fsync", "replace", "write"])
def test_failure_in_the_middle_leaves_the_old_file(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If writing fails, for example on a full disk, the old file stays."""
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
    """Ctrl-C while writing removes the temporary file."""
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


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x.json", "x.json.gz"])
def test_killed_writer_never_leaves_half_a_file(name: str, tmp_path: Path) -> None:
    """Whenever a writer is killed, the file is complete."""
    path = tmp_path / name
    rng = random.Random(4)
    for _ in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(rng.uniform(0.0, 0.15))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        if path.exists():
            raw = path.read_bytes()
            content = json.loads(gzip.decompress(raw) if name.endswith("gz") else raw)
            assert content["fill"] == [content["k"]] * 60000
    assert path.exists()


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('{"a": 1, "a": 2}', ["a"]),
        ('{"x": [{"a": 1, "a": 2}, {"b": 1}]}', ["x[0].a"]),
        ('{"x": "a colon: here", "y": {"k:k": 1, "k:k": ":"}}', ["y.k:k"]),
        ('{"x": "\\u003a", "y": 1, "y": 2}', ["y"]),
        ('{"x": "\\u003A\\u003A", "y": 1, "y": 2, "y": ":"}', ["y"]),
        ('{"\\u0061": 1, "a": 2}', ["a"]),
        ('{"a": "::", "a": "\\u003a"}', ["a"]),
    ],
)
def test_repeated_keys_are_named_whatever_the_colons(
    text: str, paths: list[str]
) -> None:
    """Colons in texts, plain or escaped, neither hide nor invent a repeated key."""
    with pytest.raises(InvalidFileError) as caught:
        parse_json(text.encode(), "x.json")
    assert [issue.path for issue in caught.value.issues] == paths


@pytest.mark.parametrize(
    "text",
    [
        '{"a": ":"}',
        '{"a:b": {"c": ":::"}}',
        '{"a": "\\u003a"}',
        '[":", ":"]',
        '":"',
        "1",
    ],
)
def test_colons_in_texts_are_no_keys(text: str) -> None:
    """A sound document with colons anywhere is read as it is."""
    assert parse_json(text.encode(), "x.json") == json.loads(text)


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1])
def test_nesting_is_limited(depth: int) -> None:
    """The deepest level allowed is read, and the next is refused."""
    text = ("[" * depth + "]" * depth).encode()
    if depth <= MAX_DEPTH:
        parse_json(text, "x.json")
        return
    with pytest.raises(InvalidFileError, match="nested too deeply"):
        parse_json(text, "x.json")


def test_values_are_those_of_the_standard_library() -> None:
    """Numbers have the same type and bits, texts the same characters."""
    rng = random.Random(4)
    halves = [f"{rng.randrange(2**52, 2**53)}.5" for _ in range(200)]
    digits = [f"{rng.random():.{rng.randrange(1, 40)}f}" for _ in range(200)]
    sizes = [f"{rng.random():.20f}e{rng.randrange(-330, 330)}" for _ in range(200)]
    edges = ["-0", "-0.0", "1E5", "1e999", "1e-999", "9223372036854775808", "1" * 400]
    texts = [r'"\ud83d\ude00"', r'"\ud800"', r'"\u0000\"\\\/"', '"é\u2028"', '""']
    text = f"[{','.join(halves + digits + sizes + edges + texts)}, NaN, null, true]"
    assert repr(parse_json(text.encode(), "x")) == repr(json.loads(text))
    plain = text.replace(r'"\ud800",', "").replace("NaN, ", "")
    assert repr(parse_json(plain.encode(), "x")) == repr(json.loads(plain))
