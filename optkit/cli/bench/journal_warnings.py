"""Warn of lines of a journal that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from optkit.bench.study import Study


def warn_of_damage(study: Study, terminal: Terminal) -> None:
    """Print a warning if a study's journal has lines that cannot be read."""
    from optkit.bench.journal import damage_message

    damaged = study.damaged()
    if damaged:
        terminal.warn(
            f"{damage_message(study.journal, damaged)} Their runs are missing here; optkit"
            " bench run makes them again."
        )
