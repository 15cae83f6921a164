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
from optkit.core.files.text import write_bytes


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
