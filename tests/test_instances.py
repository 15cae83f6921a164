"""The instances that the project ships, and the solutions beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from optkit.core.files.json_text import dump_json
from optkit.core.files.text import read_json

FOLDER = Path(__file__).resolve().parent.parent / "instances"
INSTANCES = sorted(
    path for path in FOLDER.glob("*/*.json") if not path.name.endswith(".sol.json")
)


def _name(path: Path) -> str:
    return path.stem


def test_there_are_instances() -> None:
    """The folder has instances, so that the tests below test something."""
    assert len(INSTANCES) >= 10


@pytest.mark.parametrize("path", INSTANCES, ids=_name)
def test_best_known_solution_passes_the_check(path: Path) -> None:
    """Each best known value is what the checker recomputes from its file."""
    instance = optkit.load(path)
    document = optkit.load_solution(path.with_suffix("").with_suffix(".sol.json"))
    report = optkit.check_document(instance, document)
    assert report.feasible, [str(violation) for violation in report.violations]
    assert document.bound is not None
    assert instance.provenance


@pytest.mark.parametrize("path", INSTANCES, ids=_name)
def test_nothing_beats_a_proven_optimum(path: Path) -> None:
    """No solver finds a better solution than one that is called proven optimal."""
    instance = optkit.load(path)
    document = optkit.load_solution(path.with_suffix("").with_suffix(".sol.json"))
    allocation = instance.SCHEMA == "optkit/allocation"
    found = optkit.solve(instance, "block" if allocation else "auto")
    assert found.objective is not None
    assert found.bound is not None
    assert document.objective is not None
    slack = 1e-9 * abs(document.objective)
    if document.status is optkit.Status.OPTIMAL:
        assert found.objective >= document.objective - slack
    assert found.bound <= document.objective + slack


@pytest.mark.parametrize("path", INSTANCES, ids=_name)
def test_file_is_as_it_would_be_written(path: Path) -> None:
    """The files in git have the form that optkit writes, so differences stay small."""
    assert path.read_text(encoding="utf-8") == dump_json(optkit.load(path).document())
    assert read_json(path)["name"]


def test_readme_lists_every_instance() -> None:
    """instances/README.md describes every file that is shipped."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in INSTANCES:
        stem = path.stem
        assert stem in text or stem.startswith("topology-"), stem
