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
    aux: Path | None = None,
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Check a solution file against its instance, independently of the solver.

    For example:

      optkit check instance.json answer.json
      optkit check instance.json answer.json --json

    The objective is recomputed, and every rule is checked. The objective, gap,
    status and metrics in the file must agree with the result. Metrics that the
    checker does not know are listed as not checked. The bound cannot be checked:
    only solving again shows that there is no better solution. The exit status is
    12 if anything fails, and 3 if the solution is for another instance.

    Parameters
    ----------
    instance
        Instance file.
    solution
        Solution file.
    aux
        Aux file of an .mps instance; by default, the one beside it.
    json
        Print one JSON object.
    """
    import optkit
    from optkit.core.errors import ExitStatus
    from optkit.core.tools.instance_files import load_instance

    problem = load_instance(instance, aux)
    document = optkit.load_solution(solution)
    verification = optkit.check_document(problem, document, str(solution))
    if json:
        terminal.document(_document(document, verification))
    else:
        from optkit.cli.tables import render_pairs
        from optkit.core.solving.describe import describe

        terminal.show(
            render_pairs(
                [
                    ("instance", describe(problem)),
                    ("solution", f"{solution}, by {_solver(document)}"),
                    *_rows(document, verification),
                ]
            )
        )
    return ExitStatus.OK if verification.feasible else ExitStatus.FAILED_CHECK


def _solver(document: SolutionDocument) -> str:
    return f"{document.solver.name} {document.solver.version}"


def _rows(
    document: SolutionDocument, verification: Verification
) -> list[tuple[str, str]]:
    from optkit.cli.formatting import metric_rows, verdict_rows
    from optkit.core.display.values import format_bound, format_value
    from optkit.core.tools.check import unknown_claims

    unknown = unknown_claims(document.metrics, verification.metrics)
    return [
        ("objective", f"{format_value(verification.objective)} recomputed"),
        ("claimed", f"{format_value(document.objective)}, {document.status}"),
        ("bound", f"{format_bound(document.bound, document.bound_source)}, as claimed"),
        *metric_rows(verification.metrics),
        *verdict_rows(verification),
        *(("not checked", f"{claim}: unknown") for claim in unknown),
    ]


def _document(document: SolutionDocument, verification: Verification) -> dict[str, Any]:
    from optkit.core.files.records import LazyRecords
    from optkit.core.tools.check import unknown_claims

    reference, metrics = document.instance, verification.metrics
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
        # A solution cannot show that there is no better one.
        "bound_verified": False,
        "violations": [
            {"kind": v.kind, "path": v.path, "message": v.message}
            for v in verification.violations
        ],
        "metrics": metrics.with_records()
        if isinstance(metrics, LazyRecords)
        else dict(metrics),
        "not_checked": unknown_claims(document.metrics, verification.metrics),
    }
