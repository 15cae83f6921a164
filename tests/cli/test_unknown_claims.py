"""``optkit check`` says which claimed figures it could not check."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import Command


def test_an_unknown_figure_is_named(
    optkit_command: Command, instance: Path, answer: Path
) -> None:
    """A metric that the checker does not compute is named, beside the verdict."""
    document = json.loads(answer.read_text())
    document["metrics"]["carbon_kg"] = 3.0
    answer.write_text(json.dumps(document))
    shown = optkit_command("check", instance, answer)
    assert shown.status == 0
    assert "metrics.carbon_kg: unknown" in shown.out
    checked = optkit_command("check", instance, answer, "--json").document
    assert checked["not_checked"] == ["metrics.carbon_kg"]
