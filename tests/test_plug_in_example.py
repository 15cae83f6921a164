"""The examples of plug-in packages install, are found, and keep their contracts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import optkit

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PACKAGES = ("optkit-keep", "optkit-policies")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the examples were installed by pip."""
    folder = tmp_path_factory.mktemp("site")
    sources = []
    for package in PACKAGES:
        source = tmp_path_factory.mktemp("source") / package
        # A copy: building leaves files beside the source.
        source.mkdir()
        for file in (EXAMPLES / package).iterdir():
            if file.is_file():
                (source / file.name).write_bytes(file.read_bytes())
        sources.append(source)
    flags = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *flags, "--target", folder, *sources],
        check=True,
    )
    return folder


def run(site: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command with the examples installed."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("family", "options", "solver", "package"),
    [
        ("allocation", {"servers": 5}, "keep", "optkit-keep 0.1.0"),
        ("dispatch", {"intervals": 3}, "least-backlog", "optkit-policies 0.1.0"),
        ("sync", {"slots": 20}, "drift+patient", "optkit-policies 0.1.0"),
        ("sync", {"slots": 20}, "patient", "optkit-policies 0.1.0"),
    ],
)
def test_what_a_package_adds_is_found_and_solves(
    site: Path,
    tmp_path: Path,
    family: str,
    options: dict[str, int],
    solver: str,
    package: str,
) -> None:
    """An entry point is all it takes, and the record names the package's version."""
    file = tmp_path / "instance.json"
    optkit.save_instance(optkit.generate(family, seed=1, **options), file)
    done = run(site, "optkit", "solve", file, "-s", solver, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["solver"]["name"] == solver
    assert document["solver"]["version"] == package.partition(" ")[2]
    assert document["verification"]["feasible"]
    assert document["bound"] is not None


@pytest.mark.parametrize("package", PACKAGES)
def test_the_tests_of_the_package_pass(site: Path, package: str) -> None:
    """The contract tests run from outside, as its author would run them."""
    tests = EXAMPLES / package / "tests"
    quiet = ("-q", "-p", "no:cacheprovider", "-c", os.devnull)
    done = run(site, "pytest", *quiet, tests)
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout


def test_a_policy_that_does_not_load_is_named(site: Path, tmp_path: Path) -> None:
    """A broken package is listed with the reason, and spoils nothing else."""
    info = tmp_path / "broken-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: broken\nVersion: 0.1.0\n"
    )
    (info / "entry_points.txt").write_text(
        "[optkit.dispatch_policies]\nnone = no_such_module:Policy\n"
        "[optkit.reporting_policies]\nwrong = json:JSONDecoder\n"
    )
    done = run(tmp_path, "optkit", "solvers")
    assert done.returncode == 0
    assert "No module named 'no_such_module'" in done.stdout + done.stderr
    assert "not a subclass of ReportingPolicy" in done.stdout + done.stderr
