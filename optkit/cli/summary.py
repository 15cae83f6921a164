"""What ``optkit solve`` prints of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.cli.formatting import bound_line, figure, percent, verdict_lines
from optkit.cli.instances import described, tables_of
from optkit.cli.tables import MOST_ROWS, pairs, table
from optkit.core.solving.result import Status

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from optkit.core.solving.result import Result


def summary(result: Result, console: Console, every_row: bool) -> list[RenderableType]:
    """Return what is worth reading about a result.

    Parameters
    ----------
    result
        The result.
    console
        Where it will stand.
    every_row
        Whether long tables are printed to their end.
    """
    parts: list[RenderableType] = [pairs(_header(result))]
    if result.solution is not None:
        most = None if every_row else MOST_ROWS
        for content in tables_of(result.instance, result.solution, result.verification):
            parts += ["", table(content, console, most)]
    return parts


def _header(result: Result) -> list[tuple[str, str]]:
    lines = [
        ("instance", described(result.instance)),
        ("solver", _solver(result)),
        ("status", _status(result)),
    ]
    if result.solution is not None:
        lines += [("objective", figure(result.objective))]
    if not result.proven_infeasible:
        lines += [
            ("bound", bound_line(result.bound, result.bound_source)),
            ("gap", percent(result.gap)),
        ]
    termination = result.termination
    lines.append(
        ("stopped", ": ".join(filter(None, (termination.reason, termination.detail))))
    )
    if result.verification is not None:
        lines += verdict_lines(result.verification)
    if result.initial is not None:
        used = "used" if result.initial.used else "not used"
        lines.append(("initial", f"{used}: {result.initial.detail}"))
    return [*lines, ("time", _time(result))]


def _solver(result: Result) -> str:
    solver = result.solver
    seed = ", deterministic" if solver.deterministic else f", seed {solver.seed}"
    chosen = f"; auto chose it: {solver.chosen}" if solver.chosen else ""
    return f"{solver.name} {solver.version}{seed}{chosen}"


def _status(result: Result) -> str:
    match result.status:
        case Status.OPTIMAL:
            return "proven optimal"
        case Status.FEASIBLE:
            return "feasible, not proven optimal"
        case Status.INFEASIBLE:
            return "proven infeasible: no solution exists"
    if result.solution is None:
        return "no solution found"
    return "no solution: the one that was found fails the check"


def _time(result: Result) -> str:
    parts = result.timings
    total = parts.build_s + parts.solve_s + parts.check_s
    return (
        f"{total:.3f} s (build {parts.build_s:.3f}, solve {parts.solve_s:.3f},"
        f" check {parts.check_s:.3f})"
    )
