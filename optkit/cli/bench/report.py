"""``optkit bench report``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.progress import MofNCompleteColumn

from optkit.cli.progress_bar import ProgressBar, bar_column, state_column
from optkit.cli.terminal import Terminal
from optkit.cli.writable_paths import require_writable
from optkit.core.runtime.extras import needs

PACKAGES = (
    "jinja2",
    "matplotlib",
    "pandas",
    "psutil",
    "scikit_posthocs",
    "statsmodels",
)


def report(
    study: Path,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")] = Path("report.html"),
    no_drawings: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Write a report of a study: one HTML file with statistics and pictures.

    For example:

      optkit bench report study -o report.html

    The file needs no other file and no network, so it can be mailed, archived, or
    read on a phone. The study may still be running.

    Parameters
    ----------
    study
        Folder of the study.
    output
        File to write.
    no_drawings
        Do not draw solutions, which takes most of the time.
    """
    with needs("bench,report", "optkit bench report", *PACKAGES):
        from optkit.bench.report.content import gather_content
        from optkit.bench.report.page import render_page
        from optkit.bench.study import Study
    from optkit.core.files.text import write_bytes

    require_writable(output, Study(study).plan_file, Study(study).journal)
    columns = (state_column(), bar_column(), MofNCompleteColumn())
    with ProgressBar(terminal, *columns, state="drawing") as bar:
        content = gather_content(
            Study(study),
            drawings=not no_drawings,
            on_progress=lambda done, total: bar.update("drawing", done, total),
        )
    command = f"optkit bench run suite.toml -o {shlex.quote(study.name or '.')}"
    page = render_page(content, command)
    write_bytes(output, page)
    for text in content.warnings:
        terminal.warn(text)
    terminal.note(
        f"{output}: {content.finished} of {content.planned} runs,"
        f" {len(page) / 1e6:.1f} MB."
    )
    return 0
