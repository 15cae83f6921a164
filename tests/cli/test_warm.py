"""``optkit warm`` fills the cache once, and says so when it cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ALL_LOOPS = """
import gc, importlib, json, pkgutil, sys
import optkit
from optkit.core.runtime.loops import Loop
from optkit.core.tools.warm import warm

warm(sys.argv[1:])
for family in sys.argv[1:]:
    package = importlib.import_module(f"optkit.{family}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if module.name.endswith("kernels"):
            importlib.import_module(module.name)
left = [
    f"{value.__module__}.{value.__name__}"
    for value in gc.get_objects()
    if isinstance(value, Loop) and value._steps and not value.dispatcher.overloads
]
print(json.dumps(sorted(left)))
"""


def warm(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with a cache of its own."""
    return subprocess.run(
        [sys.executable, "-m", "optkit", "warm", *arguments],
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_nothing_is_compiled_twice(tmp_path: Path) -> None:
    """The second call finds all that the first one has compiled."""
    first = warm(tmp_path, "bilevel", "--json")
    assert first.returncode == 0, first.stderr
    done = json.loads(first.stdout)
    assert done["compiled"] > 0
    assert done["folder"] == str(tmp_path)
    assert "bilevel knapsack-interdiction" in first.stderr
    again = json.loads(warm(tmp_path, "bilevel", "--json").stdout)
    assert again["compiled"] == 0
    assert again["present"] > 0
    text = warm(tmp_path, "bilevel").stdout
    assert text.startswith("0 loops compiled and ")
    assert str(tmp_path) in text.replace("\n", "")


def test_a_cache_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """The folder is named, and the exit status is that of what is not available."""
    (tmp_path / "file").write_text("")
    done = warm(tmp_path / "file" / "folder")
    assert done.returncode == 13
    assert str(tmp_path / "file" / "folder") in done.stderr
    assert "NUMBA_CACHE_DIR" in done.stderr


def test_an_unknown_family_is_an_error(tmp_path: Path) -> None:
    """It is refused before anything is compiled."""
    done = warm(tmp_path, "alocation")
    assert done.returncode == 2
    assert "allocation" in done.stderr


@pytest.mark.slow
def test_every_loop_is_compiled() -> None:
    """Tiny instances and the families' own functions reach all loops."""
    families = ("allocation", "bilevel", "discovery", "dispatch", "sync")
    done = subprocess.run(
        [sys.executable, "-c", ALL_LOOPS, *families],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == []
