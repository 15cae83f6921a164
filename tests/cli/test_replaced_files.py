"""No command replaces a file that it reads, or writes two outputs to one file."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.command import Command


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "I", "-o", "I"),
        ("solve", "I", "-o", "LINK"),
        ("solve", "I", "-o", "HARD"),
        ("solve", "I", "-o", "sub/../network.json"),
        ("solve", "LINK", "-o", "I"),
        ("solve", "I", "--events", "I"),
        ("solve", "I", "--events", "F", "-o", "F"),
        ("solve", "I", "--events", "sub/../F", "-o", "F"),
        ("solve", "I", "--initial", "answer.json", "-o", "answer.json"),
        ("solve", "I", "--initial", "answer.json", "--events", "answer.json"),
        ("solve", "I", "--config", "config.toml", "-o", "config.toml"),
        ("show", "I", "-o", "picture.svg"),
        ("export", "I", "-o", "model.mps"),
        ("pareto", "front/point-00.json", "-o", "front"),
        ("pareto", "front/point-00.json", "-o", "frontlink"),
    ],
)
def test_it_is_refused_before_work_starts(
    optkit_command: Command,
    instance: Path,
    answer: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    """Through links and relative paths too, it ends in 2 and leaves every file alone."""
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    Path("front").mkdir()
    shutil.copy(instance, "front/point-00.json")
    Path("frontlink").symlink_to("front")
    Path("LINK").symlink_to(instance)
    os.link(instance, "HARD")
    Path("picture.svg").symlink_to(instance)
    os.link(instance, "model.mps")
    Path("config.toml").write_text("quiet = true\n")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    words = [instance.name if word == "I" else word for word in arguments]
    refused = optkit_command(*words)
    assert refused.status == 2, refused.err
    assert "would replace" in refused.err
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_file_keeps_its_mode_and_a_link_stays(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """``-o`` over a file, or over a link to one elsewhere, changes its content only."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    target, link = folder / "answer.json", tmp_path / "link.json"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    assert optkit_command("solve", instance, "-o", link).status == 0
    assert link.is_symlink()
    assert json.loads(target.read_text())["status"] == "optimal"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_link_to_nothing_is_written_through(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """A link whose file is not there yet gets it there."""
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "answer.json")
    assert optkit_command("solve", instance, "-o", link).status == 0
    assert link.is_symlink()
    assert (tmp_path / "answer.json").exists()


def test_a_file_beside_a_model_is_not_replaced(
    optkit_command: Command, tmp_path: Path
) -> None:
    """The aux file of a bilevel program in MPS is an input too."""
    model, follower = tmp_path / "m.mps", tmp_path / "m.aux"
    model.write_text("NAME\n")
    follower.write_text("N 0\n")
    refused = optkit_command("solve", model, "-o", follower)
    assert (refused.status, follower.read_text()) == (2, "N 0\n")
