"""The summary of a result that ``optkit solve`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.cli.formatting import verdict_rows
from optkit.cli.tables import MAX_ROWS, render_pairs, render_table
from optkit.core.display.values import format_bound, format_gap, format_value
from optkit.core.solving.describe import describe, family_of, family_tables
from optkit.core.solving.result import Status

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from optkit.core.solving.result import Result


def summary(
    result: Result, console: Console, every_row: bool, *, tables: bool = True
) -> list[RenderableType]:
    """Return the summary of a result: what was found and proven, and its tables.

    Parameters
    ----------
    result
        The result.
    console
        Where it will be printed.
    every_row
        Whether to print every row of long tables.
    tables
        Whether to print tables at all.
    """
    parts: list[RenderableType] = [render_pairs(_header(result))]
    if result.solution is not None and tables:
        most = None if every_row else MAX_ROWS
        for table in family_tables(
            result.instance, result.solution, result.verification
        ):
            parts += ["", render_table(table, console, most)]
    return parts


def _header(result: Result) -> list[tuple[str, str]]:
    lines = [
        ("instance", describe(result.instance)),
        ("solver", _solver(result)),
        ("status", _status(result)),
    ]
    if result.solution is not None:
        meaning = family_of(result.instance).meaning(result.instance, result.objective)
        lines += [("objective", f"{format_value(result.objective)}{meaning}")]
    if not result.proven_infeasible:
        lines += [
            ("bound", format_bound(result.bound, result.bound_source)),
            ("gap", format_gap(result.gap)),
        ]
    termination = result.termination
    lines.append(
        ("stopped", ": ".join(filter(None, (termination.reason, termination.detail))))
    )
    if result.verification is not None:
        lines += verdict_rows(result.verification)
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
    return "no solution: the one found fails the check"


def _time(result: Result) -> str:
    parts = result.timings
    total = parts.build_s + parts.solve_s + parts.check_s + parts.bound_s
    bound = f", bound {parts.bound_s:.3f}" if parts.bound_s >= 0.0005 else ""
    return (
        f"{total:.3f} s (build {parts.build_s:.3f}, solve {parts.solve_s:.3f},"
        f" check {parts.check_s:.3f}{bound})"
    )
