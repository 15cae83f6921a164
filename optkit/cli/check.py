"""``optkit check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from optkit.core.solving.result import Verification
    from optkit.core.tools.solution_files import SolutionDocument


def check(
    instance: Path,
    solution: Path,
    /,
    *,
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Check a solution file against its instance, by code that no solver shares.

    For example:

      optkit check network.json answer.json
      optkit check network.json answer.json --json

    The objective is recomputed and every rule tried; what the file claims of
    objective, gap, status and metrics must agree with it. The bound is the solver's
    word: that nothing better exists cannot be read off a solution, only solved again.
    Exit status 12 if anything fails, 3 if the solution is for another instance.

    Parameters
    ----------
    instance
        The instance.
    solution
        The solution file.
    json
        Print one JSON object.
    """
    import optkit
    from optkit.core.errors import ExitStatus

    problem = optkit.load(instance)
    document = optkit.load_solution(solution)
    verification = optkit.check_document(problem, document, str(solution))
    if json:
        terminal.document(_document(document, verification))
    else:
        from optkit.cli.instances import described
        from optkit.cli.tables import pairs

        terminal.show(
            pairs(
                [
                    ("instance", described(problem)),
                    ("solution", f"{solution}, by {_solver(document)}"),
                    *_findings(document, verification),
                ]
            )
        )
    return ExitStatus.OK if verification.feasible else ExitStatus.FAILED_CHECK


def _solver(document: SolutionDocument) -> str:
    return f"{document.solver.name} {document.solver.version}"


def _findings(
    document: SolutionDocument, verification: Verification
) -> list[tuple[str, str]]:
    from optkit.cli.formatting import bound_line, figure, metric_lines, verdict_lines

    return [
        ("objective", f"{figure(verification.objective)} recomputed"),
        ("claimed", f"{figure(document.objective)}, {document.status}"),
        ("bound", f"{bound_line(document.bound, document.bound_source)}, as claimed"),
        *metric_lines(verification.metrics),
        *verdict_lines(verification),
    ]


def _document(document: SolutionDocument, verification: Verification) -> dict[str, Any]:
    reference = document.instance
    return {
        "passed": verification.feasible,
        "instance": {
            "schema": reference.schema_,
            "name": reference.name,
            "sha256": reference.sha256,
        },
        "objective": verification.objective,
        "claimed": {
            "status": str(document.status),
            "objective": document.objective,
            "bound": document.bound,
            "gap": document.gap,
        },
        # A file can show that a solution is what it says, not that there is no better.
        "bound_verified": False,
        "violations": [
            {"kind": v.kind, "path": v.path, "message": v.message}
            for v in verification.violations
        ],
        "metrics": dict(verification.metrics),
    }
