"""``optkit bench export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from optkit.cli.bench.journal_warnings import warn_of_damage
from optkit.cli.terminal import Terminal
from optkit.cli.writable_paths import require_writable
from optkit.core.runtime.extras import needs


def export(
    study: Path,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Write a study's runs as a table, for analysis with other programs.

    For example:

      optkit bench export study -o runs.parquet
      optkit bench export study -o runs.csv

    Parameters
    ----------
    study
        Folder of the study.
    output
        File to write: .parquet or .csv (.csv.gz).
    """
    with needs("bench", "optkit bench export", "psutil", "pandas", "pyarrow"):
        from optkit.bench.export import write_table
        from optkit.bench.study import Study

        require_writable(output, Study(study).plan_file, Study(study).journal)
        warn_of_damage(Study(study), terminal)
        count = write_table(Study(study), output)
    terminal.note(f"{output}: {count} runs.")
    return 0
