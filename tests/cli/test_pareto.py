"""``optkit pareto``: the files of every point exist and pass the check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Command

ROOT = Path(__file__).resolve().parents[2]
NETWORK = ROOT / "instances" / "discovery" / "sum-optional.json"


@pytest.mark.slow
def test_front_is_written_and_each_point_passes(
    optkit_command: Command, tmp_path: Path
) -> None:
    """The points are ordered, and the files of each pass the check."""
    output = tmp_path / "front"
    answer = optkit_command("pareto", NETWORK, "--points", "4", "-o", output, "--json")
    assert answer.status == 0
    printed = answer.document
    assert printed == json.loads((output / "front.json").read_text())
    points = printed["points"]
    assert {"min-time", "min-energy", "compromise", "median"} == {
        label for point in points for label in point["labels"]
    }
    times = [point["time"] for point in points]
    energies = [point["energy"] for point in points]
    assert times == sorted(times)
    assert energies == sorted(energies, reverse=True)
    assert len(points) <= 4 < len(printed["found"])
    assert all(point["least_time"] <= point["time"] for point in points)
    assert 0.0 <= printed["front_gap"] < 1e-3
    for time, energy in printed["found"]:
        assert any(t <= time and e <= energy for t, e in printed["bound"])
    for index in range(len(points)):
        pair = (f"point-{index:02d}.json", f"point-{index:02d}.sol.json")
        checked = optkit_command("check", *(output / name for name in pair))
        assert checked.status == 0
    heading, *rows = (output / "front.csv").read_text().splitlines()
    assert heading == "set,time_s,energy_J"
    for name in ("found", "bound"):
        listed = [row.split(",")[1:] for row in rows if row.startswith(name)]
        assert [[float(x), float(y)] for x, y in listed] == printed[name]
    picture = (output / "front.svg").read_text()
    assert picture.count("<svg") == 1
    assert f"found: {len(printed['found'])} points" in picture


@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        ((str(NETWORK), "--points", "1"), 2, "at least 2"),
        ((str(NETWORK), "-o", str(NETWORK)), 2, "name a folder"),
        (
            (str(ROOT / "instances" / "allocation" / "topology-4.json"),),
            13,
            "does not weigh two aims",
        ),
        ((str(NETWORK), "-s", "nobody"), 2, "nobody"),
    ],
)
def test_invalid_requests_are_refused(
    words: tuple[str, ...],
    status: int,
    expected: str,
    optkit_command: Command,
) -> None:
    """They end with the reason and the right exit status, before any solve."""
    answer = optkit_command("pareto", *words)
    assert answer.status == status
    assert expected in answer.err
