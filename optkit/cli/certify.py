"""``optkit certify``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from optkit.cli.terminal import Terminal
from optkit.cli.values import parse_duration

if TYPE_CHECKING:
    from optkit.core.tools.certify import Certificate


def certify(
    instance: Path,
    solution: Path | None = None,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    time_limit: Annotated[
        float, Parameter(alias="-t", converter=parse_duration)
    ] = 60.0,
    aux: Path | None = None,
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Prove exactly that a solution is optimal, so that anyone can check it.

    For example:

      optkit solve instance.json -o answer.json
      optkit certify instance.json answer.json -o certificate.json
      python optkit/bilevel/check/certificate.py instance.json certificate.json

    For bilevel programs. The certificate holds fractions instead of rounded
    numbers. A program of a hundred lines, which needs nothing but Python, checks
    it. Without a solution, it proves a bound, or that there is no solution. What
    cannot be proven within the time limit is left as a gap. Ctrl-C, SIGTERM or
    SIGHUP ends it early, as the time limit does.

    Parameters
    ----------
    instance
        Instance file.
    solution
        Solution file.
    output
        Write the certificate to this file.
    time_limit
        Stop after this time, and prove a smaller bound: 30, 30s, 10m, 2h.
    aux
        Aux file of an .mps instance; by default, the one beside it.
    json
        Print one JSON object.
    """
    import optkit
    from optkit.cli.writable_paths import companions, require_writable
    from optkit.core.errors import ExitStatus
    from optkit.core.files.text import write_bytes
    from optkit.core.runtime import stop_signals
    from optkit.core.tools.instance_files import load_instance
    from optkit.core.tools.solution_files import family_solution

    require_writable(output, *companions(instance), aux, solution)
    problem = load_instance(instance, aux)
    answer = None
    if solution is not None:
        document = optkit.load_solution(solution)
        answer = family_solution(document, problem, str(solution))
    certificate = optkit.certify(problem, answer, time_limit)
    stop_signals.hold_until_end()  # from here on, the certificate is only written
    write_bytes(output, certificate.text().encode())
    if json:
        terminal.document(
            {
                "proves_optimality": certificate.proves_optimality,
                "bound": _number(certificate.bound),
                "value": _number(certificate.value),
                "gap": certificate.gap,
            }
        )
    else:
        from optkit.cli.tables import render_pairs
        from optkit.core.solving.describe import describe

        rows = [("instance", describe(problem)), *_rows(certificate)]
        terminal.show(render_pairs([*rows, ("certificate", str(output))]))
    if instance.suffix.lower() != ".json":
        terminal.note(
            f"{instance}: the program that checks certificates reads plain JSON. In Python,"
            f' optkit.save_instance(optkit.load("{instance}"), "instance.json") writes it.'
        )
    return stop_signals.status() if stop_signals.was_stopped() else ExitStatus.OK


def _rows(certificate: Certificate) -> list[tuple[str, str]]:
    bound, value = certificate.bound, certificate.value
    if math.isinf(bound):
        return [("proven", "there is no solution")]
    rows = [("bound", f"{_text(bound)} proven")]
    if not math.isinf(value):
        rows = [("value", f"{_text(value)} proven feasible"), *rows]
        rows.append(
            ("proven", "optimal")
            if certificate.proves_optimality
            else ("gap", f"{certificate.gap:.3g}")
        )
    return rows


def _text(number: object) -> str:
    from optkit.core.display.values import format_value

    text = str(number)
    return text if "/" not in text else f"{format_value(float(number))} = {text}"  # type: ignore[arg-type]


def _number(number: object) -> str | None:
    text = str(number)
    return None if text == "inf" else text
