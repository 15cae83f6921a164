"""The example of a plug-in package installs, is found, and keeps the contract."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import optkit

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "optkit-keep"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the example was installed by pip."""
    folder = tmp_path_factory.mktemp("site")
    source = tmp_path_factory.mktemp("source") / "optkit-keep"
    # A copy: building leaves files beside the source.
    source.mkdir()
    for name in ("pyproject.toml", "optkit_keep.py", "README.md"):
        (source / name).write_bytes((EXAMPLE / name).read_bytes())
    flags = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *flags, "--target", folder, source],
        check=True,
    )
    return folder


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the example installed."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_solver_of_the_package_is_found_and_solves(
    site: Path, tmp_path: Path
) -> None:
    """An entry point is all it takes, and the record names the package's version."""
    network = tmp_path / "network.json"
    optkit.save_instance(optkit.generate("allocation", servers=5, seed=1), network)
    done = run(site, "optkit", "solve", str(network), "-s", "keep", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["solver"]["name"] == "keep"
    assert document["solver"]["version"] == "0.1.0"
    assert document["verification"]["feasible"]


def test_the_tests_of_the_package_pass(site: Path) -> None:
    """The contract tests run from outside, as its author would run them."""
    done = run(
        site,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        str(EXAMPLE / "tests"),
    )
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
