"""``optkit bench compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from optkit.cli.bench.journal_warnings import warn_of_damage
from optkit.cli.terminal import Terminal
from optkit.core.runtime.extras import needs


def compare(
    before: Path,
    after: Path,
    /,
    *,
    every_row: Annotated[bool, Parameter(name="--all")] = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Compare two studies, run by run: two versions, two machines, two days.

    For example:

      optkit bench compare study-0.1 study-0.2

    Runs are matched by instance, solver, options, seed and limits, not by version.
    Better and worse are told by what was found and proven; times by their ratio.
    Claims that exclude each other are named, and end in exit status 1.

    Parameters
    ----------
    before, after
        Folders of the studies.
    every_row
        Print long tables to their end.
    """
    with needs("bench", "optkit bench", "psutil", "pandas", "statsmodels"):
        from optkit.bench import compare as comparing
        from optkit.bench.study import Study
    from optkit.cli.tables import MOST_ROWS, table
    from optkit.core.errors import ExitStatus, UsageError

    for folder in (before, after):
        warn_of_damage(Study(folder), terminal)
    found = comparing.compare(Study(before), Study(after))
    if not found.pairs:
        raise UsageError(
            f"{before} and {after} have no run in common: a run is the same if instance,"
            " solver, label, options, seed and limits are."
        )
    most = None if every_row else MOST_ROWS
    terminal.show(table(comparing.overview(found), terminal.out, None))
    for title, members in (("Worse", found.lost), ("Better", found.won)):
        if members:
            content = comparing.changes(members, title)
            terminal.show("", table(content, terminal.out, most))
    terminal.line(
        f"{len(found.pairs)} runs in both studies; {found.only_before} only before,"
        f" {found.only_after} only after. Times below {comparing.NOISE:g} s count as that."
    )
    for text in found.contradictions:
        terminal.error(f"{text} One of the two is wrong.")
    return ExitStatus.INTERNAL if found.contradictions else ExitStatus.OK
