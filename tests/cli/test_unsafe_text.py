"""Whatever field holds control characters, none reaches the terminal raw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optkit.core.display.printable import printable
from optkit.core.solving import registry
from tests.cli.command import Command
from tests.cli.conftest import Fake

EVIL = "\x1b]0;title\x07\x1b[31m\x9b2J\u202egnp\r"


def _is_safe(text: str) -> bool:
    return printable(text) == text


@pytest.mark.parametrize("option", [(), ("--json",), ("--debug",)])
def test_of_an_instance(
    optkit_command: Command, instance: Path, answer: Path, option: tuple[str, ...]
) -> None:
    """Provenance, names and ids of an instance and a solution are shown escaped."""
    document = json.loads(instance.read_text())
    document["provenance"] = EVIL
    document["task"][EVIL] = 1
    document["servers"][0]["id"] = EVIL
    bad = instance.with_name("bad\x1b[31m.json")
    bad.write_text(json.dumps(document))
    instance.write_text(
        json.dumps({**json.loads(instance.read_text()), "provenance": EVIL})
    )
    solution = json.loads(answer.read_text())
    solution["bound_source"] = solution["solver"]["version"] = EVIL
    answer.write_text(json.dumps(solution))
    shown = optkit_command("show", instance, answer)
    assert r"\x1b]0;title" in shown.out
    for command in (
        ("show", instance, answer),
        ("check", instance, answer),
        ("show", bad),
    ):
        words = [*command, *(option if command[0] == "check" else ())]
        printed = optkit_command(*words)
        assert _is_safe(printed.out), printed.out
        assert _is_safe(printed.err), printed.err
    for words in (
        ("solve", bad),
        ("solve", instance, "-s", EVIL),
        (EVIL,),
        ("solve", EVIL),
    ):
        printed = optkit_command(*words)
        assert _is_safe(printed.out + printed.err)


class Evil(Fake):
    """Raises an error with a long text of control characters."""

    name = "evil"

    def run(self, instance: Any, run: Any) -> Any:
        """Fail."""
        raise RuntimeError(EVIL + "x" * 100_000)


@pytest.mark.parametrize("option", ["-q", "--debug"])
def test_of_a_plug_in(
    optkit_command: Command,
    instance: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
) -> None:
    """An exception of a plug-in is shown escaped, and cut."""
    registry.solvers("allocation")
    monkeypatch.setitem(registry._SOLVERS, ("allocation", "evil"), Evil)
    answer = optkit_command("solve", instance, "-s", "evil", option)
    assert answer.status == 1
    assert _is_safe(answer.err)
    if option == "-q":
        assert len(answer.err) < 3_000
        assert "characters more" in answer.err
