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
    """Compare two studies run by run, such as those of two versions or machines.

    For example:

      optkit bench compare study-0.1 study-0.2

    Runs are matched by instance, solver, options, seed and limits, not by
    version. A run is better if it found or proved more; times are compared by
    their ratio. If results contradict each other, the exit status is 1.

    Parameters
    ----------
    before
        Folder of the first study.
    after
        Folder of the second study.
    every_row
        Print all rows of long tables.
    """
    with needs("bench", "optkit bench", "psutil", "pandas", "statsmodels"):
        from optkit.bench import compare as comparisons
        from optkit.bench.study import Study
    from optkit.cli.tables import MAX_ROWS, render_table
    from optkit.core.errors import ExitStatus, UsageError

    for folder in (before, after):
        warn_of_damage(Study(folder), terminal)
    comparison = comparisons.compare(Study(before), Study(after))
    if not comparison.pairs:
        raise UsageError(
            f"{before} and {after} have no run in common: the same instance, solver, label,"
            " options, seed and limits."
        )
    max_rows = None if every_row else MAX_ROWS
    overview = comparisons.overview(comparison)
    terminal.show(render_table(overview, terminal.out, None))
    for title, pairs in (("Worse", comparison.worse), ("Better", comparison.better)):
        if pairs:
            table = comparisons.changed_runs(pairs, title)
            terminal.show("", render_table(table, terminal.out, max_rows))
    terminal.line(
        f"{len(comparison.pairs)} runs in both studies;"
        f" {comparison.only_before} only before, {comparison.only_after} only after."
        f" Times below {comparisons.SHORTEST_TIME:g} s count as that."
    )
    for text in comparison.contradictions:
        terminal.error(f"{text} One of the two is wrong.")
    return ExitStatus.INTERNAL if comparison.contradictions else ExitStatus.OK
