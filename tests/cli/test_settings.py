"""Settings: precedence of flag, environment, file and default; misspelt names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Command


def seed_used(command: Command, instance: Path, *arguments: str | Path) -> int:
    """Return the seed of a run."""
    answer = command("solve", instance, "-s", "local", "--json", *arguments)
    seed: int = answer.document["solver"]["seed"]
    return seed


def test_precedence(
    optkit_command: Command,
    instance: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A flag overrides the environment, which overrides the file and the default."""
    file = tmp_path / "settings.toml"
    file.write_text("quiet = true\n[solve]\nseed = 3\n")
    assert seed_used(optkit_command, instance) == 0
    assert seed_used(optkit_command, instance, "--config", file) == 3
    monkeypatch.setenv("OPTKIT_SOLVE_SEED", "2")
    assert seed_used(optkit_command, instance, "--config", file) == 2
    assert seed_used(optkit_command, instance, "--config", file, "--seed", "1") == 1
    monkeypatch.delenv("OPTKIT_SOLVE_SEED")
    monkeypatch.setenv("OPTKIT_CONFIG", str(file))
    assert seed_used(optkit_command, instance) == 3
    assert optkit_command("solve", instance).err == ""
    monkeypatch.setenv("OPTKIT_QUIET", "0")
    assert optkit_command("solve", instance).err != ""


def test_every_kind_of_setting_in_a_file(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """Durations, lists and flags of a command can be set in the file."""
    file = tmp_path / "settings.toml"
    file.write_text(
        "[solve]\n"
        'solver = "ga"\ntime-limit = "10m"\niterations = 2\njson = true\n'
        'set = ["population=6", "elite=0.5"]\n'
        "[generate.allocation]\nservers = 3\n"
    )
    solution = optkit_command("solve", instance, "--config", file).document
    assert solution["limits"] == {"time": 600.0, "iterations": 2}
    assert solution["solver"]["options"]["population"] == 6
    network = optkit_command("generate", "allocation", "--config", file).document
    assert len(network["servers"]) == 3


def test_a_command_with_a_hyphen_in_the_environment(
    optkit_command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option of ``import topology-zoo`` has a variable that a shell can set."""
    source = tmp_path / "net.gml"
    source.write_text(
        'graph [ node [ id 0 label "a" ] node [ id 1 label "b" ]'
        " edge [ source 0 target 1 ] ]"
    )
    monkeypatch.setenv("OPTKIT_IMPORT_TOPOLOGY_ZOO_SIZE_GBIT", "7")
    answer = optkit_command("import", "topology-zoo", source)
    assert answer.document["task"]["size_gbit"] == 7.0
    assert "2 servers" in answer.err


@pytest.mark.parametrize(
    ("arguments", "guess"),
    [
        (("slove",), "solve"),
        (("solve", "INSTANCE", "--sovler", "pmo"), "--solver"),
        (("solve", "INSTANCE", "--time", "3"), "--time-limit"),
        (("solve", "INSTANCE", "--quite"), "--quiet"),
        (("--versoin",), "--version"),
        (("solve", "INSTANCE", "-s", "pno"), "pmo"),
        (("solve", "INSTANCE", "-s", "ga", "--set", "popultion=3"), "population"),
        (("generate", "alocation"), "allocation"),
        (("generate", "allocation", "--sevrers", "3"), "--servers"),
        (("generate", "allocation", "--shape", "strar"), "star"),
        (("import", "topologyzoo", "x"), "topology-zoo"),
        (("schema", "alocation"), "allocation"),
        (("solvers", "alocation"), "allocation"),
    ],
)
def test_misspelt_words(
    optkit_command: Command, instance: Path, arguments: tuple[str, ...], guess: str
) -> None:
    """The error for a misspelt command, option, solver, key or value has a suggestion."""
    words = [str(instance) if word == "INSTANCE" else word for word in arguments]
    answer = optkit_command(*words)
    assert answer.status == 2
    assert "Did you mean" in answer.err
    assert guess in answer.err


def test_misspelt_settings(
    optkit_command: Command,
    instance: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A typing error in the file or the environment is an error with a suggestion."""
    file = tmp_path / "settings.toml"
    for content, guess in (
        ("[slove]\nseed = 1", "'solve'"),
        ("[solve]\nseeed = 1", "seed"),
        ("quite = true", "'quiet'"),
    ):
        file.write_text(content)
        answer = optkit_command("solve", instance, "--config", file)
        assert answer.status == 2
        assert f"Did you mean {guess}" in answer.err
    monkeypatch.setenv("OPTKIT_SOLVE_TIMELIMIT", "3")
    answer = optkit_command("solve", instance)
    assert answer.status == 2
    assert "Did you mean OPTKIT_SOLVE_TIME_LIMIT" in answer.err


def test_a_settings_file_that_is_not_toml(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """A settings file that cannot be parsed ends in 3 with the line."""
    file = tmp_path / "settings.toml"
    file.write_text("[solve\n")
    answer = optkit_command("solve", instance, "--config", file)
    assert answer.status == 3
    assert "line 1" in answer.err
