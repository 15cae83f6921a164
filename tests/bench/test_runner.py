"""A study's conductor: whatever comes back from a run, the study keeps its lines."""

from __future__ import annotations

import json
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.bench.journal import read_journal
from optkit.bench.plan import Plan, PlannedRun, make_plan
from optkit.bench.runner import Conductor, ContradictedStudyError, warm_up_files
from optkit.bench.study import Study
from optkit.bench.suite import load_suite
from optkit.bench.worker_process import Task, planned_instance
from optkit.core.errors import InvalidFileError
from optkit.core.solving import registry
from tests.bench.faults import task

SUITE = """
schema = "optkit/suite"
schema_version = 1
name = "s"
seeds = [1, 2]
[[instances]]
files = ["network.json"]
[[solvers]]
solver = "ga"
"""

CHOOSY = """
schema = "optkit/suite"
schema_version = 1
name = "choosy"
[[instances]]
generate = "bilevel"
seeds = [1]
[[solvers]]
solver = "auto"
[[solvers]]
solver = "kkt"
[[solvers]]
solver = "knapsack-interdiction"
"""

DONE = {
    "outcome": "done",
    "status": "feasible",
    "reason": "converged",
    "objective": 1.0,
    "bound": None,
    "verified": True,
}


@pytest.fixture
def ready(tmp_path: Path) -> tuple[Study, Plan]:
    """Return a study of one instance and two runs, none of them made."""
    network = optkit.generate("allocation", servers=4, seed=1)
    optkit.save_instance(network, tmp_path / "network.json")
    (tmp_path / "suite.toml").write_text(SUITE)
    suite = load_suite(tmp_path / "suite.toml")
    plan = make_plan(suite, tmp_path)
    study = Study(tmp_path / "study")
    study.create(suite, plan)
    return study, plan


def conduct(
    ready: tuple[Study, Plan], answers: list[dict[str, Any]], **settings: Any
) -> list[str]:
    """Make the runs of a study with given answers; return the outcomes by the journal."""
    study, plan = ready
    left = iter(answers)

    def submit(_: PlannedRun) -> Future[dict[str, Any]]:
        made: Future[dict[str, Any]] = Future()
        made.set_result(dict(next(left)))
        return made

    Conductor(study, plan, submit, **settings).run()
    assert not list(left), "every answer was asked for"
    return [record.outcome.value for record in read_journal(study.journal)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"metrics": {"made by": object()}},
        {"objective": float("inf")},
        {"bound_source": "a\udcff"},
    ],
)
def test_what_no_line_can_hold_is_an_error_of_its_run(
    ready: tuple[Study, Plan], wrong: dict[str, Any]
) -> None:
    """A run that returns nonsense costs itself, and not the study."""
    assert conduct(ready, [{**DONE, **wrong}, DONE]) == ["error", "done"]
    first = read_journal(ready[0].journal)[0]
    assert "cannot be kept" in first.detail


def test_a_contradiction_is_made_again_when_asked(ready: tuple[Study, Plan]) -> None:
    """--retry takes a mended solver's word, and the old line is heard no more."""
    bad = {"outcome": "contradiction", "detail": "bound past the objective"}
    with pytest.raises(ContradictedStudyError, match="bound past"):
        conduct(ready, [bad, DONE])
    with pytest.raises(ContradictedStudyError, match="bound past"):
        conduct(ready, [])
    assert conduct(ready, [DONE, DONE], retry=True) == ["done", "done"]
    assert conduct(ready, []) == ["done", "done"], "a replaced line claims nothing"


def test_a_best_known_value_that_contradicts_itself_stops_the_study(
    ready: tuple[Study, Plan], tmp_path: Path
) -> None:
    """It is named before the first run, which would be in vain."""
    network = optkit.load(tmp_path / "network.json")
    known = tmp_path / "network.sol.json"
    optkit.save(optkit.solve(network, "block"), known)
    document = json.loads(known.read_text())
    document |= {"bound": 2 * document["objective"], "gap": 1.0}
    known.write_text(json.dumps(document))
    with pytest.raises(ContradictedStudyError, match=r"network\.sol\.json claims"):
        conduct(ready, [])


def test_a_damaged_plan_is_named_with_the_remedy(ready: tuple[Study, Plan]) -> None:
    """A plan that was cut off or edited is an invalid file, whatever is wrong in it."""
    path = ready[0].folder / "plan.json"
    whole = path.read_text()
    document = json.loads(whole)
    del document["runs"][0]["variant"]
    for text in (whole[:100], json.dumps(document), "[]", '{"schema": "optkit/plan"}'):
        path.write_text(text)
        with pytest.raises(InvalidFileError, match="writes it anew"):
            ready[0].runs()


def test_a_damaged_copy_of_an_instance_is_replaced(
    ready: tuple[Study, Plan], tmp_path: Path
) -> None:
    """A study that is started again mends its instances, other content included."""
    study, plan = ready
    (sha256,) = plan.subjects
    path = study.instance_file(sha256)
    whole = path.read_bytes()
    suite = load_suite(tmp_path / "suite.toml")
    other = optkit.generate("allocation", servers=5, seed=1)
    for damage in (lambda: path.write_bytes(whole[:50]), path.unlink):
        damage()
        study.create(suite, plan)
        assert path.read_bytes() == whole
    optkit.save_instance(other, path)
    study.create(suite, plan)
    assert study.instance(sha256).sha256 == sha256


def test_a_run_solves_the_planned_instance_or_none(tmp_path: Path) -> None:
    """A copy that holds another instance is an error, never a figure of the planned."""
    given = task(tmp_path, "hang")
    assert planned_instance(given).sha256 == given.run.sha256
    other = tmp_path / "other.json"
    optkit.save_instance(optkit.generate("allocation", servers=5, seed=1), other)
    with pytest.raises(InvalidFileError, match="not the planned"):
        planned_instance(Task(given.run, other, None, given.output))


def test_every_solver_warms_up_on_an_instance_that_it_takes(tmp_path: Path) -> None:
    """What a solver compiles is not charged to its first run, if it is a choosy one."""
    (tmp_path / "suite.toml").write_text(CHOOSY)
    plan = make_plan(load_suite(tmp_path / "suite.toml"), tmp_path)
    study = Study(tmp_path / "study")
    (study.folder / "instances").mkdir(parents=True)
    files = warm_up_files(study, plan)
    assert {solver for _, solver in files} == {"auto", "kkt", "knapsack-interdiction"}
    for (family, solver), path in files.items():
        if solver != "auto":
            chosen = registry.usable_solver_class(family, solver)()
            assert chosen.supports(optkit.load(path)).available
    assert len(set(files.values())) == 3
