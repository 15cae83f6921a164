"""Studies for tests: a finished one, made once, and an open one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import optkit
from optkit.bench.plan import Plan, make_plan
from optkit.bench.study import Study
from optkit.bench.suite import load_suite
from optkit.cli.app import main

SUITE = """
schema = "optkit/suite"
schema_version = 1
name = "<b>small</b> & plain"
warm_up = false
limits = { time = 5 }
[[instances]]
files = ["n*.json"]
[[solvers]]
solver = "block"
[[solvers]]
solver = "ga"
limits = { evaluations = 200 }
[[solvers]]
solver = "local"
"""
"""Three solvers on three instances: nine runs."""


def write_suite(folder: Path, text: str = SUITE) -> Path:
    """Write three instances and a suite into a folder; return the suite's file."""
    for seed in (1, 2, 3):
        network = optkit.generate("allocation", servers=6, seed=seed)
        optkit.save_instance(network, folder / f"n{seed}.json")
    path = folder / "suite.toml"
    path.write_text(text)
    return path


def copy_study(folder: Path, copy: Path) -> Path:
    """Copy a folder with instances, suite and study; return the copy of the study."""
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    plan = copy / "study" / "plan.json"
    plan.write_text(plan.read_text().replace(str(folder), str(copy)))
    return copy / "study"


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with instances, suite and finished study; do not change it."""
    folder = tmp_path_factory.mktemp("finished").resolve()
    suite = write_suite(folder)
    assert (
        main(["--quiet", "bench", "run", str(suite), "-o", str(folder / "study")]) == 0
    )
    return folder


@pytest.fixture
def study(study_folder: Path, tmp_path: Path) -> Path:
    """Return a copy of the finished study, with instances and suite beside it."""
    return copy_study(study_folder, tmp_path.resolve())


OPEN_SUITE = """
schema = "optkit/suite"
schema_version = 1
name = "s"
seeds = [1, 2]
[[instances]]
files = ["network.json"]
[[solvers]]
solver = "ga"
"""


@pytest.fixture
def open_study(tmp_path: Path) -> tuple[Study, Plan]:
    """Return a study of one instance and two runs, both open."""
    network = optkit.generate("allocation", servers=4, seed=1)
    optkit.save_instance(network, tmp_path / "network.json")
    (tmp_path / "suite.toml").write_text(OPEN_SUITE)
    suite = load_suite(tmp_path / "suite.toml")
    plan = make_plan(suite, tmp_path)
    study = Study(tmp_path / "study")
    study.create(suite, plan)
    return study, plan
