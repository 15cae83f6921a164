"""``optkit show``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optkit.core.display.tables import Table
    from optkit.core.instance import Instance, Solution
    from optkit.core.solving.result import Point, Verification
    from optkit.core.tools.solution_files import SolutionDocument

FORMATS = ("svg", "png", "html", "pdf")


def show(
    instance: Path,
    solution: Path | None = None,
    /,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    every_row: Annotated[bool, Parameter(name="--all")] = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Print or draw an instance, alone or with a solution.

    For example:

      optkit show network.json
      optkit show network.json answer.json
      optkit show network.json answer.json -o picture.svg
      optkit show network.json answer.json -o page.html

    A solution is checked first. One that fails is shown all the same: what
    is wrong goes to standard error, and the exit status is 12.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution file for it.
    output
        Draw into this file: .svg, .png, .pdf, or .html for one page with figure,
        convergence of the run, and tables.
    every_row
        Print long tables to their end.
    """
    import optkit
    from optkit.cli.writable_paths import require_writable
    from optkit.core.errors import ExitStatus

    kind = None if output is None else _kind(output)
    require_writable(output, instance, solution)
    problem = optkit.load(instance)
    document, answer, verification = _checked(problem, solution)
    broken = verification.violations if verification is not None else ()
    for violation in broken:
        terminal.error(f"{solution}: {violation}")
    if output is not None and kind is not None:
        runs = () if document is None else document.trajectory
        _draw(problem, answer, verification, runs, output, kind)
    else:
        _print(problem, answer, verification, every_row, terminal)
    return ExitStatus.FAILED_CHECK if broken else ExitStatus.OK


def _kind(output: Path) -> str:
    from optkit.core.errors import UsageError

    kind = output.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise UsageError(
            f"{output}: the ending tells what is drawn; give one of"
            f" {', '.join('.' + known for known in FORMATS)}."
        )
    return kind


def _checked(
    problem: Instance, path: Path | None
) -> tuple[SolutionDocument | None, Solution | None, Verification | None]:
    """Read a solution and check it with what its file claims."""
    if path is None:
        return None, None, None
    from optkit.core.tools.check import check_document
    from optkit.core.tools.solution_files import family_solution, load_solution

    document = load_solution(path)
    answer = family_solution(document, problem, str(path))
    return document, answer, check_document(problem, document, str(path))


def _print(
    problem: Instance,
    answer: Solution | None,
    verification: Verification | None,
    every_row: bool,
    terminal: Terminal,
) -> None:
    from optkit.cli.instances import described, tables_of
    from optkit.cli.tables import MOST_ROWS, pairs, table

    lines = [("instance", described(problem))]
    if problem.provenance:
        lines.append(("provenance", problem.provenance))
    terminal.show(pairs(lines))
    most = None if every_row else MOST_ROWS
    for content in tables_of(problem, answer, verification):
        terminal.show("", table(content, terminal.out, most))


def _draw(
    problem: Instance,
    answer: Solution | None,
    verification: Verification | None,
    trajectory: Sequence[Point],
    output: Path,
    kind: str,
) -> None:
    from optkit.cli.figure import drawn
    from optkit.cli.instances import described, tables_of
    from optkit.core.files.text import write_bytes

    data = drawn(problem, answer, verification, "svg" if kind == "html" else kind)
    if kind == "html":
        from optkit.cli.convergence import convergence
        from optkit.cli.page import page

        figures = {"": data.decode()}
        run = convergence(trajectory)
        if run is not None:
            figures["Convergence"] = run
        tables: list[Table] = tables_of(problem, answer, verification)
        data = page(described(problem), problem.provenance, figures, tables)
    write_bytes(output, data)
