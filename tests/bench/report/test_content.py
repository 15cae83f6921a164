"""Reports of studies in which something went wrong, or everything one way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optkit.bench.consistency import Ledger
from optkit.bench.journal import Journal
from optkit.bench.plan import make_plan
from optkit.bench.report.content import gather
from optkit.bench.report.line_styles import looks
from optkit.bench.report.page import render_page
from optkit.bench.report.plots import cactus
from optkit.bench.statistics.runs import run_table
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

NOTHING = dict.fromkeys(("status", "reason", "objective", "bound", "gap", "verified"))


def made(folder: Path, *columns: dict[str, Any]) -> Study:
    """Return a study whose three runs came out as given; one for all, or one each."""
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


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        ({"outcome": "unsupported", **NOTHING}, 0),
        ({"outcome": "error", "timing": {}, **NOTHING}, 3),
        ({"trajectory": [[0.1, 1e308, -1e308], [0.2, 1e300, None], [0.3, 5, 1]]}, 3),
    ],
)
def test_studies_in_which_everything_went_one_way_can_be_reported(
    tmp_path: Path, columns: dict[str, Any], rows: int
) -> None:
    """All excluded, all failed, or huge on the way: a page, and no table without rows."""
    content = gather(made(tmp_path, columns), drawings=False)
    assert b"3 of 3 runs finished" in render_page(content, "again")
    (family,) = content.families
    assert len(family.summary) == rows


def test_what_a_reader_must_know_stands_at_the_top(tmp_path: Path) -> None:
    """Contradictions, damaged lines and best-known values left out are never silent."""
    study = made(tmp_path, {"objective": 99.0, "bound": 99.0}, {})
    study.journal.write_text("{\n" + study.journal.read_text())
    (tmp_path / "network.sol.json").write_text("{}")
    path = study.folder / "plan.json"
    plan = json.loads(path.read_text())
    plan["origins"] = {plan["runs"][0]["sha256"]: str(tmp_path / "network.json")}
    path.write_text(json.dumps(plan))
    content = gather(study, drawings=False)
    best, contradiction, damage = content.warnings
    assert best.startswith("A best-known value is left out")
    assert "claims the bound 99.0" in contradiction
    assert "line 1." in damage
    assert render_page(content, "again").count(b'class="warn bad"') == 3


def test_the_gap_to_the_best_is_a_share(tmp_path: Path) -> None:
    """Objectives of two signs are all of 100 % apart, in the table as in the means."""
    rough = {"bound": None, "status": "feasible"}
    study = made(tmp_path, {**rough, "objective": -1.0}, {**rough, "objective": 2.0})
    (family,) = gather(study, drawings=False).families
    (page,) = family.instances
    assert [row.gap_to_best for row in page.rows] == [0.0, 1.0, 0.0]


def test_every_label_is_in_the_legend() -> None:
    """A legend leaves out names that begin with an underscore; a study does not."""
    rows = [
        record(label=label, timing={"wall": 1.0}, trajectory=[[0.1, 1.0, 1.0]])
        for label in ("_private", "plain")
    ]
    runs = run_table(rows, Ledger())
    figure = cactus(runs, "proof", looks(runs["label"]), "proven")
    legend = figure.axes[0].get_legend()
    assert legend is not None
    shown = [text.get_text().strip("\N{ZERO WIDTH SPACE}") for text in legend.texts]
    assert shown == ["_private", "plain"]


def test_labels_leave_room_for_pictures() -> None:
    """Names of two hundred letters are shortened, and told apart all the same."""
    made = looks(["x" * 100 + "1" * 20, "x" * 100 + "11" * 30, "plain"])
    shown = [look.label for look in made.values()]
    assert len(set(shown)) == 3
    assert max(map(len, shown)) < 45
    assert shown[2] == "plain"
