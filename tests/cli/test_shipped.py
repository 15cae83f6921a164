"""``optkit instances``, and how results are printed where they are piped."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from tests.cli.command import Command

INSTANCES = Path(__file__).resolve().parents[2] / "instances"


def test_every_shipped_instance_is_listed(optkit_command: Command) -> None:
    """The list has every instance with its best-known value, as its solution file has."""
    files = {
        f"{file.parent.name}/{file.stem}": file
        for file in INSTANCES.glob("*/*.json")
        if not file.name.endswith(".sol.json")
    }
    listed = {
        row["name"]: row for row in optkit_command("instances", "--json").document
    }
    assert listed.keys() == files.keys()
    for name, row in listed.items():
        stored = optkit.load_solution(files[name].with_suffix(".sol.json"))
        assert (row["best"], row["status"]) == (stored.objective, stored.status)
    table = optkit_command("instances", "bursts").out
    assert "sync/bursts" in table
    assert "cernet" not in table


def test_instances_are_copied_with_their_solutions(
    optkit_command: Command, tmp_path: Path
) -> None:
    """A copy is the same file, checks, and is named on standard output."""
    folder = tmp_path / "new" / "folder"
    answer = optkit_command("instances", "topology-1", "sync/bursts", "-o", folder)
    assert answer.status == 0
    assert answer.out.split() == [
        str(folder / name)
        for name in (
            "topology-1.json",
            "topology-1.sol.json",
            "bursts.json",
            "bursts.sol.json",
        )
    ]
    copied = folder / "topology-1.json"
    assert (
        copied.read_bytes() == (INSTANCES / "allocation/topology-1.json").read_bytes()
    )
    assert optkit_command("check", copied, folder / "topology-1.sol.json").status == 0


def test_unknown_names_and_unusable_folders_are_errors(
    optkit_command: Command, tmp_path: Path
) -> None:
    """A misspelt name suggests the right one; a file is no folder."""
    answer = optkit_command("instances", "geant")
    assert answer.status == 2
    assert "Did you mean 'geant2009'" in answer.err
    (tmp_path / "file").write_text("")
    answer = optkit_command("instances", "cernet", "-o", tmp_path / "file")
    assert answer.status == 2
    assert "cannot be made into a folder" in answer.err


def test_a_shipped_instance_is_loaded_by_its_name() -> None:
    """The short name and the full one are the same instance."""
    short = optkit.shipped_instance("bursts")
    assert short == optkit.shipped_instance("sync/bursts")
    with pytest.raises(optkit.UsageError, match="unknown shipped instance"):
        optkit.shipped_instance("none")


def test_brief_results_have_no_tables(optkit_command: Command) -> None:
    """The lines of a brief result are the first lines of the whole one."""
    file = INSTANCES / "allocation" / "topology-1.json"
    whole = optkit_command("solve", file, "-q").out.splitlines()
    brief = optkit_command("solve", file, "-q", "--brief").out.splitlines()
    assert brief[:-1] == whole[: len(brief) - 1]  # the last line has the time
    assert brief[-1].startswith("time")
    assert len(whole) > len(brief) + 10
    (objective,) = (line for line in brief if line.startswith("objective"))
    assert "(the largest cost of a server, its weighted time and energy)" in objective


@pytest.mark.parametrize("command", [("solvers",), ("instances",)])
def test_piped_lines_have_no_padding(
    optkit_command: Command, command: tuple[str, ...]
) -> None:
    """What another program reads ends where the text ends."""
    lines = optkit_command(*command).out.splitlines()
    assert len(lines) > 10
    assert lines == [line.rstrip() for line in lines]
