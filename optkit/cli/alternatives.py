"""``optkit alternatives``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from optkit.cli.terminal import Terminal
from optkit.cli.values import parse_duration, parse_int

if TYPE_CHECKING:
    from optkit.core.tools.alternatives import Alternatives


def alternatives(
    instance: Path,
    /,
    *,
    count: Annotated[int, Parameter(alias="-n", converter=parse_int)] = 5,
    solver: Annotated[str, Parameter(alias="-s")] = "auto",
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    time_limit: Annotated[
        float | None, Parameter(alias="-t", converter=parse_duration)
    ] = None,
    seed: Annotated[int, Parameter(converter=parse_int)] = 0,
    aux: Path | None = None,
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Find the best decisions, not only the best one.

    For example:

      optkit alternatives instance.json
      optkit alternatives instance.json --count 20 -t 5m -o best

    For bilevel programs. The instance is solved, the decision of the leader is
    excluded, and the rest is solved again. Decisions differ in at least one integer
    column of the leader. Each solution is checked. What is proven: of all decisions
    that are not listed, none is better than a listed one. With -o, the solutions are
    written as solution-00.json and so on, the best first.

    Parameters
    ----------
    instance
        Instance file.
    count
        How many decisions to look for.
    solver
        Name of the solver; auto chooses one.
    output
        Folder for the solution files.
    time_limit
        Stop after this time, all decisions together: 30, 30s, 10m, 2h.
    seed
        Random seed; the same seed gives the same result.
    aux
        Aux file of an .mps instance; by default, the one beside it.
    json
        Print one JSON object.
    """
    import optkit
    from optkit.cli.writable_paths import companions, require_folder
    from optkit.core.errors import ExitStatus
    from optkit.core.files.paths import make_folder
    from optkit.core.runtime import stop_signals
    from optkit.core.tools.instance_files import load_instance

    require_folder(output, *companions(instance), aux, writes=("solution-*.json",))
    problem = load_instance(instance, aux)
    found = optkit.alternatives(
        problem,
        count,
        solver,
        time_limit,
        seed,
        tell=lambda number: terminal.note(f"{number} of at most {count} decisions"),
    )
    stop_signals.hold_until_end()  # from here on, the solutions are only written
    if output is not None:
        make_folder(output)
        for index, result in enumerate(found.results):
            optkit.save(result, output / f"solution-{index:02d}.json")
    if json:
        terminal.document(_document(found))
    else:
        _print(found, terminal)
    if stop_signals.was_stopped():
        return stop_signals.status()
    if not found.results:
        return ExitStatus.INFEASIBLE if found.complete else ExitStatus.NO_SOLUTION
    checks = [result.verification for result in found.results]
    passed = all(check is not None and check.feasible for check in checks)
    return ExitStatus.OK if passed else ExitStatus.FAILED_CHECK


def _document(found: Alternatives) -> dict[str, Any]:
    return {
        "complete": found.complete,
        "proven": found.proven,
        "decisions": [
            {
                "objective": result.objective,
                "bound": bound,
                "solver": result.solver.name,
                "solution": result.solution.document() if result.solution else None,
            }
            for result, bound in zip(found.results, found.bounds, strict=True)
        ],
    }


def _print(found: Alternatives, terminal: Terminal) -> None:
    from optkit.cli.tables import render_table
    from optkit.core.display.tables import Column, Table

    columns = (
        Column("decision"),
        Column("objective", align="right"),
        Column("bound on the rest", align="right"),
        Column("solver"),
    )
    rows: list[Any] = [
        (str(index), result.objective, bound, result.solver.name)
        for index, (result, bound) in enumerate(
            zip(found.results, found.bounds, strict=True)
        )
    ]
    terminal.show(render_table(Table("Best decisions", columns, rows), terminal.out))
    if found.complete:
        terminal.line("There is no other decision: proven.")
    elif found.proven:
        terminal.line(
            f"No decision that is not listed is better than any of the first"
            f" {found.proven}: proven."
        )
