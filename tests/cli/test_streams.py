"""Streams: results go to standard output, everything else to standard error."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

import optkit
from optkit.cli.workers import processors
from tests.cli.command import Command


def test_json_is_the_solution_document(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """Standard output is exactly the document that ``-o`` writes, and passes the check."""
    path = tmp_path / "answer.json.gz"
    answer = optkit_command("solve", instance, "--json", "-o", path)
    assert answer.document == json.loads(gzip.decompress(path.read_bytes()))
    assert answer.document["schema"] == "optkit/solution"
    assert optkit_command("check", instance, path).status == 0


def test_a_solver_that_prints(
    optkit_command: Command, instance: Path, fakes: None
) -> None:
    """Output of a solver, in Python or compiled code, does not break the document."""
    answer = optkit_command("solve", instance, "-s", "loud", "--json")
    assert answer.document["status"] == "no-solution"
    assert "presolved" in answer.err
    assert "LogToConsole" in answer.err


def test_quiet(optkit_command: Command, instance: Path) -> None:
    """``--quiet`` keeps only results and errors, before or after the command."""
    assert optkit_command("solve", instance, "--quiet").err == ""
    assert optkit_command("-q", "solve", instance).err == ""
    assert optkit_command("solve", instance, "-q", "-s", "none").err != ""
    assert "limits" in optkit_command("solve", instance).err


def test_no_colour_and_no_folding_off_a_terminal(
    optkit_command: Command, instance: Path, answer: Path
) -> None:
    """A pipe gets no escape sequences, and tables of full width."""
    shown = optkit_command("show", instance, answer)
    assert "\x1b" not in shown.out
    assert "No room for" not in shown.out
    assert max(map(len, shown.out.splitlines())) > 80


def test_a_narrow_terminal(
    optkit_command: Command,
    instance: Path,
    answer: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At 80 columns no line is longer, and columns without room are named."""
    monkeypatch.setenv("COLUMNS", "80")
    shown = optkit_command("show", instance, answer)
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "No room for:" in shown.out


def test_long_tables_are_cut(optkit_command: Command, tmp_path: Path) -> None:
    """A long table shows its first rows and counts the rest; ``--all`` shows all."""
    path = tmp_path / "long.json"
    network = optkit.generate("allocation", servers=50, shape="star", seed=1)
    optkit.save_instance(network, path)
    cut = optkit_command("show", path).out
    assert "30 more rows; --all prints every one." in cut
    full = optkit_command("show", path, "--all").out
    assert "more rows" not in full
    assert full.count("\n") > cut.count("\n") + 25


def test_the_other_documents(
    optkit_command: Command, instance: Path, answer: Path
) -> None:
    """Every ``--json`` gives one document with the keys that scripts rely on."""
    solvers = optkit_command("solvers", "allocation", "--json").document
    assert {
        "name",
        "family",
        "kind",
        "reference",
        "available",
        "reason",
        "options",
    } <= (solvers[0].keys())
    assert {"pmo", "ga"} <= {entry["name"] for entry in solvers}
    checked = optkit_command("check", instance, answer, "--json").document
    assert checked["passed"] is True
    assert checked["violations"] == []
    validated = optkit_command("validate", instance, answer, "--json").document
    assert [entry["kind"] for entry in validated] == [
        "allocation",
        "solution/allocation",
    ]
    assert optkit_command("versions", "--json").document == optkit.versions()


def test_solvers_are_listed(optkit_command: Command, fakes: None) -> None:
    """The list has the reason why a solver is not available."""
    answer = optkit_command("solvers")
    assert answer.status == 0
    assert "no: its licence has run out" in answer.out
    assert "population" in answer.out
    assert "[choices: block-ls, block, depth-first]" in answer.out


def test_too_many_workers_give_a_warning(
    optkit_command: Command, instance: Path
) -> None:
    """More workers than processors give a warning on standard error."""
    many = str(processors() + 1)
    answer = optkit_command("solve", instance, "-s", "local", "--workers", many)
    assert "warning: --workers" in answer.err


def test_names_are_not_markup(optkit_command: Command, instance: Path) -> None:
    """Text that looks like markup is printed as it is."""
    document = json.loads(instance.read_text())
    document["name"] = "[bold]:smile:[/] <b>"
    instance.write_text(json.dumps(document))
    assert "[bold]:smile:[/] <b>" in optkit_command("show", instance).out


def test_the_result_of_an_initial_solution(
    optkit_command: Command, instance: Path, answer: Path
) -> None:
    """The output says whether the initial solution was used."""
    solved = optkit_command("solve", instance, "-s", "milp", "--initial", answer)
    assert solved.status == 0
    assert "initial" in solved.out
