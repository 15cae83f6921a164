"""``optkit bench best``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from optkit.cli.bench.journal_warnings import warn_of_damage
from optkit.cli.terminal import Terminal
from optkit.core.runtime.extras import needs


def best(
    study: Path,
    /,
    *,
    update: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Compare a study's solutions with the best-known ones beside the instances.

    For example:

      optkit bench best study
      optkit bench best study --update

    A best-known value is a solution file, network.sol.json beside network.json. A
    solution takes its place if the family's checker passes it now and it is better, or
    equal with a larger bound. What does not pass is refused, and named.

    Parameters
    ----------
    study
        Folder of the study; only instances that were read from files count.
    update
        Write what is new or better; else it is only printed.
    """
    with needs("bench", "optkit bench", "psutil"):
        from optkit.bench.study import Study
    from optkit.bench.best_known import offers
    from optkit.cli.tables import table
    from optkit.core.display.tables import Column, Table
    from optkit.core.errors import ExitStatus

    warn_of_damage(Study(study), terminal)
    found = offers(Study(study), write=update)
    terminal.show(
        table(
            Table(
                "Best-known values" + ("" if update else ", nothing written"),
                (
                    Column("instance"),
                    Column("before", align="right"),
                    Column("study", align="right"),
                    Column("verdict"),
                ),
                [
                    (one.instance.name, one.before, one.after, one.verdict)
                    for one in found
                ],
            ),
            terminal.out,
            None,
        )
    )
    for one in found:
        if one.reason:
            terminal.error(f"{one.instance.name}: refused: {one.reason}")
    refused = any(one.verdict == "refused" for one in found)
    return ExitStatus.FAILED_CHECK if refused else ExitStatus.OK
