"""``optkit bench report``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

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
    """Write what a study found as one HTML file, with statistics and pictures.

    For example:

      optkit bench report study -o report.html

    The file loads nothing from anywhere: it can be mailed, archived and read on a
    phone. A study may be reported while it is still running.

    Parameters
    ----------
    study
        Folder of the study.
    output
        File to write.
    no_drawings
        Leave out the drawn solutions, which take most of the time.
    """
    with needs("bench,report", "optkit bench report", *PACKAGES):
        from optkit.bench.report.content import gather
        from optkit.bench.report.page import render_page
        from optkit.bench.study import Study
    from optkit.core.files.text import write_bytes

    require_writable(output)
    with Progress(
        TextColumn("drawing"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        console=terminal.err,
        transient=True,
        disable=not terminal.watched,
        redirect_stdout=False,
    ) as bar:
        task = bar.add_task("", total=None)
        content = gather(
            Study(study),
            drawings=not no_drawings,
            tell=lambda done, total: bar.update(task, completed=done, total=total),
        )
    again = f"optkit bench run suite.toml -o {shlex.quote(study.name or '.')}"
    page = render_page(content, again)
    write_bytes(output, page)
    for text in content.warnings:
        terminal.warn(text)
    terminal.note(
        f"{output}: {content.finished} of {content.planned} runs,"
        f" {len(page) / 1e6:.1f} MB."
    )
    return 0
