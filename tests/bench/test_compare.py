"""Comparing two studies: runs are matched by what they are, and changes are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optkit.bench import compare
from optkit.bench.compare import Comparison, Pair
from optkit.cli.app import main
from tests.bench.records import record

SUITE = """
schema = "optkit/suite"
schema_version = 1
name = "s"
warm_up = false
[limits]
time = 5
[[instances]]
generate = "allocation"
seeds = [1, 2]
options = { servers = 5 }
[[solvers]]
solver = "block"
[[solvers]]
solver = "local"
"""


@pytest.mark.parametrize(
    ("change", "lost", "won"),
    [
        ({}, 0, 0),
        ({"objective": 1.0 + 1e-9, "bound": 1.0}, 0, 0),
        ({"objective": 1.5, "bound": None, "status": "feasible"}, 1, 0),
        ({"outcome": "crash", "status": None, "objective": None, "bound": None}, 1, 0),
    ],
)
def test_worse_is_told_by_what_was_found(
    change: dict[str, Any], lost: int, won: int
) -> None:
    """A crash, a lost proof and a worse objective are losses; rounding is not."""
    there = Comparison([Pair(record(), record(**change))], 0, 0)
    assert (len(there.lost), len(there.won)) == (lost, won)
    back = Comparison([Pair(record(**change), record())], 0, 0)
    assert (len(back.lost), len(back.won)) == (won, lost)


def test_what_did_not_stand_is_neither_better_nor_worse() -> None:
    """Objectives of runs that failed their check are compared with nothing."""
    failed = {"outcome": "failed-check", "status": "no-solution", "verified": False}
    there = Comparison([Pair(record(**failed, objective=2.0), record(**failed))], 0, 0)
    assert (there.lost, there.won) == ([], [])
    nothing = {"status": "no-solution", "objective": None, "verified": None}
    lost = [Pair(record(), record(**nothing))]
    assert compare.changes(lost, "Worse").rows[0][5] == "no-solution"


def test_without_common_answers_there_is_no_ratio() -> None:
    """Runs that crashed have no times, and so no ratio of one."""
    crashed = record(outcome="crash", status=None, objective=None, bound=None)
    (row,) = compare.overview(Comparison([Pair(record(), crashed)], 0, 0)).rows
    assert row[5] is None


def test_times_are_compared_by_instance() -> None:
    """The ratio is of means over seeds, instances apart, and names its direction."""
    pairs = [
        Pair(
            record(sha256=f"{i:064x}", seed=seed, timing={"wall": 1.0 + i}),
            record(sha256=f"{i:064x}", seed=seed, timing={"wall": 2.0 + 2 * i}),
        )
        for i in range(12)
        for seed in range(2)
    ]
    (row,) = compare.overview(Comparison(pairs, 0, 0)).rows
    assert row[:5] == ("allocation", "s", 24, 0, 0)
    assert row[5] == pytest.approx(2.0)
    assert isinstance(row[8], float)
    assert row[8] < 0.01


def test_the_command_compares_and_refuses_strangers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two runs of one suite match in full; studies without a common run are an error."""
    suite = tmp_path / "suite.toml"
    suite.write_text(SUITE)
    one, two, other = (str(tmp_path / name) for name in "abc")
    assert main(["bench", "run", str(suite), "-o", one]) == 0
    assert main(["bench", "run", str(suite), "-o", two]) == 0
    suite.write_text(SUITE.replace("[1, 2]", "[3]"))
    assert main(["bench", "run", str(suite), "-o", other]) == 0
    capsys.readouterr()
    assert main(["bench", "compare", one, two]) == 0
    assert "4 runs in both studies; 0 only before" in capsys.readouterr().out
    journal = Path(two) / "journal.jsonl"
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    none = dict.fromkeys(("objective", "bound", "gap", "verified"))
    lines[0] |= {"status": "infeasible", **none}
    journal.write_text("{\n" + "".join(json.dumps(line) + "\n" for line in lines))
    assert main(["bench", "compare", one, two]) == 1
    said = capsys.readouterr().err
    assert "claims that there is no solution" in said
    assert "journal.jsonl: cut off, damaged" in said
    assert "line 1." in said
    assert main(["bench", "compare", one, other]) == 2
    assert "no run in common" in capsys.readouterr().err
