"""The study runner: it records whatever a run returns, and stops on contradictions."""

from __future__ import annotations

import json
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.bench.journal import read_journal
from optkit.bench.plan import Plan, PlannedRun, make_plan
from optkit.bench.runner import ContradictedStudyError, StudyRunner, warm_up_files
from optkit.bench.study import Study
from optkit.bench.suite import load_suite
from optkit.core.solving import registry

SPECIAL = """
schema = "optkit/suite"
schema_version = 1
name = "special"
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


def run_study(
    open_study: tuple[Study, Plan], answers: list[dict[str, Any]], **settings: Any
) -> list[str]:
    """Run a study whose runs return these answers; return the outcomes in the journal."""
    study, plan = open_study
    rest = iter(answers)

    def submit(_: PlannedRun) -> Future[dict[str, Any]]:
        future: Future[dict[str, Any]] = Future()
        future.set_result(dict(next(rest)))
        return future

    StudyRunner(study, plan, submit, **settings).run()
    assert not list(rest), "an answer was not used"
    return [record.outcome.value for record in read_journal(study.journal)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"metrics": {"made by": object()}},
        {"objective": float("inf")},
        {"bound_source": "a\udcff"},
    ],
)
def test_an_invalid_result_is_an_error_of_its_run(
    open_study: tuple[Study, Plan], wrong: dict[str, Any]
) -> None:
    """A result that cannot be written as JSON fails its run, not the study."""
    assert run_study(open_study, [{**DONE, **wrong}, DONE]) == ["error", "done"]
    first = read_journal(open_study[0].journal)[0]
    assert "cannot be recorded" in first.detail


def test_retry_replaces_a_contradiction(open_study: tuple[Study, Plan]) -> None:
    """After ``retry`` with a corrected solver, the old line no longer counts."""
    bad = {"outcome": "contradiction", "detail": "bound past the objective"}
    with pytest.raises(ContradictedStudyError, match="bound past"):
        run_study(open_study, [bad, DONE])
    with pytest.raises(ContradictedStudyError, match="bound past"):
        run_study(open_study, [])
    assert run_study(open_study, [DONE, DONE], retry=True) == ["done", "done"]
    assert run_study(open_study, []) == ["done", "done"], (
        "the replaced line does not count"
    )


def test_a_contradictory_best_known_value_stops_the_study(
    open_study: tuple[Study, Plan], tmp_path: Path
) -> None:
    """The study stops before its first run, which would be in vain."""
    network = optkit.load(tmp_path / "network.json")
    known = tmp_path / "network.sol.json"
    optkit.save(optkit.solve(network, "block"), known)
    document = json.loads(known.read_text())
    document |= {"bound": 2 * document["objective"], "gap": 1.0}
    known.write_text(json.dumps(document))
    with pytest.raises(ContradictedStudyError, match=r"network\.sol\.json claims"):
        run_study(open_study, [])


def test_every_solver_warms_up_on_an_instance_that_it_supports(tmp_path: Path) -> None:
    """Solvers that support special instances only get a warm-up instance of that kind."""
    (tmp_path / "suite.toml").write_text(SPECIAL)
    plan = make_plan(load_suite(tmp_path / "suite.toml"), tmp_path)
    study = Study(tmp_path / "study")
    (study.folder / "instances").mkdir(parents=True)
    files = warm_up_files(study, plan)
    assert {solver for _, solver in files} == {"auto", "kkt", "knapsack-interdiction"}
    for (family, solver), path in files.items():
        if solver != "auto":
            special = registry.usable_solver_class(family, solver)()
            assert special.supports(optkit.load(path)).available
    assert len(set(files.values())) == 3
