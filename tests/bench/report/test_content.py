"""The content of a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optkit.bench.journal import Journal
from optkit.bench.plan import make_plan
from optkit.bench.record import Record
from optkit.bench.report import content as report_content
from optkit.bench.report.content import Content, gather_content
from optkit.bench.report.page import render_page
from optkit.bench.study import Study
from optkit.bench.suite import load_suite
from tests.bench.records import record

SUITE = """
schema = "optkit/suite"
schema_version = 1
name = "s"
[[instances]]
generate = "allocation"
options = { servers = 4 }
[[solvers]]
solver = "block"
[[solvers]]
solver = "ga"
[[solvers]]
solver = "local"
"""

DISPATCH_SUITE = """
schema = "optkit/suite"
schema_version = 1
name = "d"
[[instances]]
generate = "dispatch"
seeds = [1, 2]
options = { aps = 2, servers = 2, types = 1, intervals = 2 }
[[solvers]]
solver = "selfish"
[[solvers]]
solver = "clairvoyant"
"""

NOTHING = dict.fromkeys(("status", "reason", "objective", "bound", "gap", "verified"))


def study_with(folder: Path, *columns: dict[str, Any]) -> Study:
    """Return a study of three runs with these columns: one for all, or one per run."""
    (folder / "suite.toml").write_text(SUITE)
    suite = load_suite(folder / "suite.toml")
    plan = make_plan(suite, folder)
    study = Study(folder / "study")
    study.create(suite, plan)
    journal = Journal(study.journal)
    for index, run in enumerate(plan.runs):
        own = {"sha256": run.sha256, "label": run.label, "timing": {"wall": 1.0}}
        journal.append(record(run.key, **{**own, **columns[index % len(columns)]}))
    return study


@pytest.mark.slow
@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        ({"outcome": "unsupported", **NOTHING}, 0),
        ({"outcome": "error", "timing": {}, **NOTHING}, 3),
        ({"trajectory": [[0.1, 1e308, -1e308], [0.2, 1e300, None], [0.3, 5, 1]]}, 3),
    ],
)
def test_extreme_studies_can_be_reported(
    tmp_path: Path, columns: dict[str, Any], rows: int
) -> None:
    """There is a page if all runs are excluded, all fail, or have huge values."""
    content = gather_content(study_with(tmp_path, columns), drawings=False)
    assert b"3 of 3 runs finished" in render_page(content, "command")
    (family,) = content.families
    assert len(family.summary) == rows


@pytest.mark.slow
def test_warnings_are_at_the_top(tmp_path: Path) -> None:
    """Contradictions, damaged lines and unusable best-known values are reported."""
    study = study_with(tmp_path, {"objective": 99.0, "bound": 99.0}, {})
    study.journal.write_text("{\n" + study.journal.read_text())
    (tmp_path / "network.sol.json").write_text("{}")
    path = study.folder / "plan.json"
    plan = json.loads(path.read_text())
    plan["origins"] = {plan["runs"][0]["sha256"]: str(tmp_path / "network.json")}
    path.write_text(json.dumps(plan))
    content = gather_content(study, drawings=False)
    best, contradiction, damage = content.warnings
    assert best.startswith("A best-known value is left out")
    assert "claims the bound 99.0" in contradiction
    assert "line 1." in damage
    assert render_page(content, "command").count(b'class="warn bad"') == 3


def test_the_gap_to_the_best_is_a_share(tmp_path: Path) -> None:
    """Objectives of different signs have a gap of 100 %, in the table as in the means."""
    rough = {"bound": None, "status": "feasible"}
    study = study_with(
        tmp_path, {**rough, "objective": -1.0}, {**rough, "objective": 2.0}
    )
    (family,) = gather_content(study, drawings=False).families
    (page,) = family.instances
    assert [row.gap_to_best for row in page.rows] == [0.0, 1.0, 0.0]


@pytest.mark.slow
def test_failures_and_exclusions_are_separate(content: Content) -> None:
    """A crash is a failure and in the means; a run that never started is neither."""
    assert [r.outcome for r in content.failures] == ["crash"]
    assert [count for *_, count in content.exclusions] == [1]
    (family,) = content.families
    assert family.summary["runs"].sum() == 8
    assert family.summary["failed"].sum() == 1
    assert all(
        page.best is not None and page.drawing is None for page in family.instances
    )
    assert all("optkit show" in page.how_to_draw for page in family.instances)


@pytest.mark.slow
def test_large_studies_draw_some_of_each_family(
    reported_study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instances that are not drawn have a command that draws them, and their curves."""
    monkeypatch.setattr(report_content, "MAX_DRAWINGS", 1)
    content = gather_content(Study(reported_study))
    (family,) = content.families
    assert family.drawn == 1
    assert [bool(page.how_to_draw) for page in family.instances] == [False, True, True]
    assert all(page.convergence is not None for page in family.instances)
    assert "solutions of 1 of 3 instances" in render_page(content, "command").decode()


def test_means_are_shown_beside_their_bound(tmp_path: Path) -> None:
    """A dispatch study has a table of means; a run below its own bound is no warning."""
    (tmp_path / "suite.toml").write_text(DISPATCH_SUITE)
    suite = load_suite(tmp_path / "suite.toml")
    plan = make_plan(suite, tmp_path)
    study = Study(tmp_path / "study")
    study.create(suite, plan)
    journal = Journal(study.journal)
    for run in plan.runs:
        line = record(
            run.key,
            sha256=run.sha256,
            label=run.label,
            status="feasible",
            bound=1.0,
            objective=7.0 if run.sha256 == plan.runs[0].sha256 else 13.0,
            metrics={} if run.solver == "clairvoyant" else {"policy_bound": 8.0},
        ).document()
        line["instance"]["family"] = "dispatch"
        journal.append(Record.model_validate(line))
    content = gather_content(study, drawings=False)
    assert not content.warnings
    (family,) = content.families
    assert family.mean_gaps is not None
    assert family.mean_gaps["label"].to_list() == ["selfish"]
    assert family.mean_gaps["gap"].to_list() == pytest.approx([0.2])
    page = render_page(content, "command").decode()
    assert "bound on means" in page
    assert ">20 %<" in page
