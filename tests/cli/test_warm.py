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


ONE_LOOP = """
from optkit.core.runtime.compiled import compiled

def double(x):
    return 2 * x

def warm_up():
    compiled(double)(1)
"""

WARM_ONE_LOOP = """
import sys
import one_loop
from optkit.cli.app import main
from optkit.core.tools import warm

warm._steps = lambda family: [(f"{family} double", one_loop.warm_up)]
sys.exit(main(["warm", *sys.argv[1:]]))
"""


def warm(
    folder: Path, *arguments: str, command: tuple[str, ...] = ("-m", "optkit", "warm")
) -> subprocess.CompletedProcess[str]:
    """Run the command with a cache of its own."""
    return subprocess.run(
        [sys.executable, *command, *arguments],
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
        cwd=folder if folder.is_dir() else None,
    )


@pytest.mark.slow
def test_what_was_compiled_is_found(tmp_path: Path) -> None:
    """A loop is compiled by the first call only, and the command says where it is."""
    (tmp_path / "one_loop.py").write_text(ONE_LOOP)
    command = ("-c", WARM_ONE_LOOP)
    first = warm(tmp_path, "bilevel", "--json", command=command)
    assert first.returncode == 0, first.stderr
    done = json.loads(first.stdout)
    assert (done["compiled"], done["present"]) == (1, 0)
    assert done["folder"] == str(tmp_path)
    assert "1 of 1: bilevel double" in first.stderr
    text = warm(tmp_path, "bilevel", command=command).stdout
    assert text.startswith("0 loops compiled and 1 found")
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
def test_every_loop_is_compiled_and_none_twice() -> None:
    """Tiny instances and the families' own functions reach all loops."""
    families = ("allocation", "bilevel", "discovery", "dispatch", "sync")
    done = subprocess.run(
        [sys.executable, "-c", ALL_LOOPS, *families],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == []
    again = subprocess.run(
        [sys.executable, "-m", "optkit", "warm", "bilevel", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(again.stdout)
    assert found["compiled"] == 0
    assert found["present"] > 0
