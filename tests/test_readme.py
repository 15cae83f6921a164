"""What the README says works as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from optkit.cli.app import main
from optkit.core.solving.solver import Solver
from optkit.testing import check_solver

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_programs_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program of the README runs as it stands there, in any folder."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "readme"}
    blocks = _blocks("python")
    assert len(blocks) >= 4
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert (tmp_path / "answer.json").exists()


def test_plug_in_example_keeps_the_contract() -> None:
    """The class that the README shows is a whole solver and keeps the contract."""
    example = next(block for block in _blocks("python") if "class Keep" in block)
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    keep = names["Keep"]
    assert isinstance(keep, type)
    assert issubclass(keep, Solver)
    check_solver(keep)


@pytest.mark.slow
def test_command_line_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands of the README run in their order."""
    for name in ("instances", "benchmarks"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    lines = [
        line.removeprefix("$ optkit ")
        for block in _blocks("console")
        for line in block.splitlines()
        if line.startswith("$ optkit ")
    ]
    assert len(lines) >= 6
    for line in lines:
        line = line.split("  #")[0]
        if "--time-limit" in line:
            line = line.replace("--time-limit 30", "--time-limit 3")
        assert main(shlex.split(line)) == 0, (line, capsys.readouterr().err)


def test_links_lead_somewhere() -> None:
    """Every link of the README leads to a file that exists."""
    targets = re.findall(r"\]\(([^)#]+)\)", README) + re.findall(r'src="(.*?)"', README)
    local = [target for target in targets if "://" not in target]
    assert local
    for target in local:
        assert (ROOT / target).exists(), target
