"""``optkit bench status``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from optkit.cli.bench.journal_warnings import warn_of_damage
from optkit.cli.terminal import Terminal
from optkit.core.runtime.extras import needs

if TYPE_CHECKING:
    from optkit.bench.study import Study


def status(
    study: Path,
    /,
    *,
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Show the progress of a study, even while workers are running it.

    For example:

      optkit bench status study

    Parameters
    ----------
    study
        Folder of the study.
    json
        Print one JSON document instead of a table.
    """
    with needs("bench", "optkit bench", "psutil"):
        from optkit.bench.study import Study
    warn_of_damage(Study(study), terminal)
    if json:
        from optkit.bench.status import overview, run_counts

        planned, finished, in_progress = run_counts(Study(study))
        table = overview(Study(study))
        names = [column.name for column in table.columns]
        terminal.document(
            {
                "planned": planned,
                "finished": finished,
                "under_way": in_progress,
                "solvers": [dict(zip(names, row, strict=True)) for row in table.rows],
            }
        )
    else:
        show(Study(study), terminal)
    return 0


def show(study: Study, terminal: Terminal) -> None:
    """Print the progress of a study."""
    from optkit.bench.status import overview, run_counts
    from optkit.cli.tables import render_table

    planned, finished, in_progress = run_counts(study)
    terminal.show(render_table(overview(study), terminal.out, None))
    elsewhere = f", {in_progress} in progress elsewhere" if in_progress else ""
    terminal.line(f"{finished} of {planned} runs finished{elsewhere}.")
