"""``optkit show``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optkit.core.instance import NamedDocument, Solution
    from optkit.core.solving.result import Verification
    from optkit.core.solving.trajectory import Point
    from optkit.core.tools.solution_files import SolutionDocument

FORMATS = ("svg", "png", "html", "pdf")


def show(
    instance: Path,
    solution: Path | None = None,
    /,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    aux: Path | None = None,
    every_row: Annotated[bool, Parameter(name="--all")] = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Print or draw an instance, alone or with a solution, or a network.

    For example:

      optkit show instance.json
      optkit show net.json -o map.svg
      optkit show instance.json answer.json
      optkit show instance.json answer.json -o picture.svg
      optkit show instance.json answer.json -o page.html

    A solution is checked first. One that fails the check is shown as well: its
    violations go to standard error, and the exit status is 12. An .html page holds
    the figure, the convergence of the run, and tables.

    Parameters
    ----------
    instance
        Instance file, or network file.
    solution
        Solution file.
    output
        File to draw to: .svg, .png, .pdf or .html.
    aux
        Aux file of an .mps instance; by default, the one beside it.
    every_row
        Print all rows of long tables.
    """
    import optkit
    from optkit.cli.writable_paths import require_writable
    from optkit.core.errors import ExitStatus

    kind = None if output is None else _format(output)
    require_writable(output, instance, aux, solution)
    problem = optkit.load(instance, aux)
    document, answer, verification = _read_and_check(problem, solution)
    violations = verification.violations if verification is not None else ()
    for violation in violations:
        terminal.error(f"{solution}: {violation}")
    if output is not None and kind is not None:
        trajectory = () if document is None else document.trajectory
        _draw(problem, answer, verification, trajectory, output, kind)
    else:
        _print(problem, answer, verification, every_row, terminal)
    return ExitStatus.FAILED_CHECK if violations else ExitStatus.OK


def _format(output: Path) -> str:
    from optkit.core.errors import UsageError

    kind = output.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise UsageError(
            f"{output}: cannot draw to a file with this ending; use one of"
            f" {', '.join('.' + ending for ending in FORMATS)}."
        )
    return kind


def _read_and_check(
    problem: NamedDocument, path: Path | None
) -> tuple[SolutionDocument | None, Solution | None, Verification | None]:
    """Read a solution file, and check the solution and the values stated in the file."""
    if path is None:
        return None, None, None
    from optkit.core.errors import UsageError
    from optkit.core.instance import Instance
    from optkit.core.tools.check import check_document
    from optkit.core.tools.solution_files import family_solution, load_solution

    if not isinstance(problem, Instance):
        raise UsageError(
            f"{path}: a solution belongs to an instance, and {problem.name!r} is a"
            " network; name the instance that was solved."
        )
    document = load_solution(path)
    answer = family_solution(document, problem, str(path))
    return document, answer, check_document(problem, document, str(path))


def _print(
    problem: NamedDocument,
    answer: Solution | None,
    verification: Verification | None,
    every_row: bool,
    terminal: Terminal,
) -> None:
    from optkit.cli.tables import MAX_ROWS, render_pairs, render_table
    from optkit.core.solving.describe import describe, family_tables

    rows = [(_what(problem), describe(problem))]
    if problem.provenance:
        rows.append(("provenance", problem.provenance))
    terminal.show(render_pairs(rows))
    max_rows = None if every_row else MAX_ROWS
    for table in family_tables(problem, answer, verification):
        terminal.show("", render_table(table, terminal.out, max_rows))


def _what(problem: NamedDocument) -> str:
    from optkit.core.instance import Instance

    return "instance" if isinstance(problem, Instance) else "file"


def _draw(
    problem: NamedDocument,
    answer: Solution | None,
    verification: Verification | None,
    trajectory: Sequence[Point],
    output: Path,
    kind: str,
) -> None:
    from optkit.cli.figure import draw
    from optkit.core.files.text import write_bytes
    from optkit.core.solving.describe import describe, family_tables

    data = draw(problem, answer, verification, "svg" if kind == "html" else kind)
    if kind == "html":
        from optkit.cli.page import solution_page
        from optkit.plotting.convergence import convergence_svg

        figures = {"": data.decode()}
        convergence = convergence_svg(trajectory)
        if convergence is not None:
            figures["Convergence"] = convergence
        tables = family_tables(problem, answer, verification)
        data = solution_page(describe(problem), problem.provenance, figures, tables)
    write_bytes(output, data)
