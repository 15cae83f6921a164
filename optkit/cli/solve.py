"""``optkit solve``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from optkit.cli.backends import backends_here
from optkit.cli.terminal import Terminal
from optkit.cli.values import (
    parse_assignments,
    parse_duration,
    parse_float,
    parse_int,
)

if TYPE_CHECKING:
    from optkit.core.errors import ExitStatus
    from optkit.core.instance import Instance
    from optkit.core.solving.limits import Limits
    from optkit.core.solving.result import Result

OptionalInt = Annotated[int | None, Parameter(converter=parse_int)]
OptionalFloat = Annotated[float | None, Parameter(converter=parse_float)]


def solve(
    instance: Path,
    /,
    *,
    solver: Annotated[str, Parameter(alias="-s")] = "auto",
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    time_limit: Annotated[
        float | None, Parameter(alias="-t", converter=parse_duration)
    ] = None,
    iterations: OptionalInt = None,
    evaluations: OptionalInt = None,
    gap: OptionalFloat = None,
    target: OptionalFloat = None,
    memory_limit: OptionalFloat = None,
    no_bound: bool = False,
    seed: Annotated[int, Parameter(converter=parse_int)] = 0,
    set_: Annotated[tuple[str, ...], Parameter(name="--set")] = (),
    initial: Path | None = None,
    aux: Path | None = None,
    backend: Annotated[str | None, Parameter(help=backends_here())] = None,
    workers: OptionalInt = None,
    dask: str | None = None,
    events: Path | None = None,
    json: bool = False,
    brief: bool = False,
    every_row: Annotated[bool, Parameter(name="--all")] = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Solve an instance, check the solution, and show what is proven.

    For example:

      optkit solve instance.json
      optkit solve instance.json -s ga --time-limit 30 -o answer.json
      optkit solve instance.json -s ga --set population=200 --seed 7
      optkit solve instance.json --initial answer.json --gap 0.01
      optkit solve instance.json --json | jq .objective

    Ctrl-C, SIGTERM or SIGHUP stops the run; the best solution so far is checked,
    printed and written. A second signal, more than a second later, ends at once.

    Parameters
    ----------
    instance
        Instance file: .json, .json.gz, or another format of a family (.mps, .ki).
    solver
        Name of the solver (see optkit solvers); auto chooses one and says why.
    output
        Write the solution to this file.
    time_limit
        Stop after this time: 30, 30s, 10m, 2h.
    iterations
        Stop after this many iterations.
    evaluations
        Stop after this many evaluations of the objective.
    gap
        Stop at this relative gap between objective and bound: 0.01 is 1 %.
    target
        Stop as soon as a solution has this objective or a lower one.
    memory_limit
        Stop when this much memory is used, in MiB.
    no_bound
        Leave out the family's bound, which else takes 5 % of the time limit at most.
    seed
        Random seed; the same seed gives the same result.
    set_
        Set an option of the solver, KEY=VALUE; may be repeated.
    initial
        Start from the solution in this file; in allocation it may be of another network.
    aux
        Aux file of an .mps instance; by default, the one beside it.
    backend
        Backend for the solver's models.
    workers
        Use this many worker processes.
    dask
        Use the Dask cluster with this scheduler address.
    events
        Append the events of the run to this file, one JSON line per event.
    json
        Print the solution file as JSON instead of tables.
    brief
        Print what was found and proven, without tables.
    every_row
        Print all rows of long tables.
    """
    import optkit
    from optkit.cli.writable_paths import companions, require_writable
    from optkit.core.tools.instance_files import load_instance

    limits = optkit.Limits(
        time_limit, iterations, evaluations, gap, target, memory_limit
    )
    options = parse_assignments(set_)
    require_writable(output, *companions(instance), aux, initial)
    require_writable(events, *companions(instance), aux, initial, output)
    problem = load_instance(instance, aux)
    start = _initial(problem, initial, terminal)
    result = _run(
        problem,
        terminal,
        workers=workers,
        dask=dask,
        events=events,
        solver=solver,
        options=options,
        limits=limits,
        bound="none" if no_bound else "within",
        seed=seed,
        initial=start,
        backend=backend,
    )
    return show_result(
        result, output, terminal, json=json, every_row=every_row, tables=not brief
    )


def show_result(
    result: Result,
    output: Path | None,
    terminal: Terminal,
    *,
    json: bool,
    every_row: bool,
    tables: bool = True,
) -> ExitStatus:
    """Write a result to a file, if one is named, and print it.

    Parameters
    ----------
    result
        The result.
    output
        The solution file to write; None for none.
    terminal
        Where it is printed.
    json
        Whether it is printed as JSON.
    every_row
        Whether to print every row of long tables.
    tables
        Whether to print tables at all.

    Returns
    -------
    ExitStatus
        The status for the result.

    Raises
    ------
    UsageError
        If the file cannot be written; the result has been printed then.
    """
    import optkit
    from optkit.core.errors import UsageError

    failure: UsageError | None = None
    if output is not None:
        try:
            optkit.save(result, output)
        except UsageError as error:  # a full disk; what was found is still printed
            failure = error
    if json:
        from optkit.core.tools.solution_files import json_document

        terminal.document(json_document(result))
    else:
        from optkit.cli.summary import summary

        terminal.show(*summary(result, terminal.out, every_row, tables=tables))
    if failure is not None:
        raise failure
    return status_of(result)


def status_of(result: Result) -> ExitStatus:
    """Return the exit status for a result."""
    from optkit.core.errors import ExitStatus
    from optkit.core.runtime import stop_signals
    from optkit.core.solving.result import Reason

    if result.termination.reason is Reason.INTERRUPTED or stop_signals.was_stopped():
        return stop_signals.status()
    if result.proven_infeasible:
        return ExitStatus.INFEASIBLE
    if result.verification is None:
        return ExitStatus.NO_SOLUTION
    return ExitStatus.OK if result.verification.feasible else ExitStatus.FAILED_CHECK


def _run(
    problem: Instance,
    terminal: Terminal,
    *,
    workers: int | None,
    dask: str | None,
    events: Path | None,
    limits: Limits,
    **arguments: Any,
) -> Result:
    """Solve an instance, and show the progress."""
    import optkit
    from optkit._version import __version__
    from optkit.cli.events import EventFile
    from optkit.cli.progress import ProgressReport
    from optkit.cli.stdout import reserved_for_results
    from optkit.core.runtime import stop_signals
    from optkit.core.solving.describe import describe
    from optkit.core.solving.events import EventKind

    with ExitStack() as stack:
        pool = None
        if workers is not None or dask is not None:
            from optkit.cli.workers import executor, processors

            if workers is not None and workers > processors():
                terminal.warn(
                    f"--workers {workers}: this machine has {processors()} processors;"
                    " more workers slow each other down."
                )
            pool = stack.enter_context(executor(workers, dask, terminal.warn))
        listeners: list[optkit.core.solving.events.Listener] = []
        event_file = EventFile(events) if events is not None else None
        if event_file is not None:
            stack.callback(event_file.close)
            listeners.append(event_file)
        limit_text = ", ".join(f"{k} {v:g}" for k, v in limits.document().items())
        terminal.note(
            f"optkit {__version__}: {describe(problem)}, seed {arguments['seed']},"
            f" limits: {limit_text or 'none'}"
        )
        report = stack.enter_context(ProgressReport(terminal, limits.time))
        listeners.append(report)
        stack.enter_context(reserved_for_results())

        def notify(event: optkit.Event) -> None:
            if event.kind is EventKind.END:  # from here on, the answer is only written
                stop_signals.hold_until_end()
            for listener in listeners:
                listener(event)

        result = optkit.solve(
            problem, limits=limits, executor=pool, on_event=notify, **arguments
        )
    if event_file is not None and event_file.failure is not None:
        terminal.warn(event_file.failure)
    return result


def _initial(problem: Instance, path: Path | None, terminal: Terminal) -> Any:
    """Return the solution to start from; None if no file is named."""
    if path is None:
        return None
    from optkit.core.tools.solution_files import initial_solution, load_solution

    solution, note = initial_solution(load_solution(path), problem, str(path))
    if note:
        terminal.note(note)
    return solution
