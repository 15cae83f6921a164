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
    """Compare a study's solutions with the best-known ones stored beside the instances.

    For example:

      optkit bench best study
      optkit bench best study --update

    The best-known solution of instance.json is in instance.sol.json. With --update,
    a solution of the study replaces it if it passes the check and is better, or
    as good with a larger bound. Solutions that fail the check are refused.

    Parameters
    ----------
    study
        Folder of the study; generated instances are left out.
    update
        Write the files; by default, only show what would change.
    """
    with needs("bench", "optkit bench", "psutil"):
        from optkit.bench.study import Study
    from optkit.bench.best_known import offer_study
    from optkit.cli.tables import render_table
    from optkit.core.display.tables import Column, Table
    from optkit.core.errors import ExitStatus

    warn_of_damage(Study(study), terminal)
    updates = offer_study(Study(study), write=update)
    terminal.show(
        render_table(
            Table(
                "Best-known values" + ("" if update else ", nothing written"),
                (
                    Column("instance"),
                    Column("before", align="right"),
                    Column("study", align="right"),
                    Column("verdict"),
                ),
                [
                    (offer.instance.name, offer.before, offer.after, offer.verdict)
                    for offer in updates
                ],
            ),
            terminal.out,
            None,
        )
    )
    for offer in updates:
        if offer.reason:
            terminal.error(f"{offer.instance.name}: refused: {offer.reason}")
    refused = any(offer.verdict == "refused" for offer in updates)
    return ExitStatus.FAILED_CHECK if refused else ExitStatus.OK
