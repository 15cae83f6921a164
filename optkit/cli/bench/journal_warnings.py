"""What every command tells that reads a journal with lines nobody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from optkit.bench.study import Study


def warn_of_damage(study: Study, terminal: Terminal) -> None:
    """Name the lines of a study's journal that cannot be read, if there are any."""
    from optkit.bench.journal import unreadable

    damaged = study.damaged()
    if damaged:
        terminal.warn(
            f"{unreadable(study.journal, damaged)} Their runs are missing here; optkit"
            " bench run makes them again."
        )
