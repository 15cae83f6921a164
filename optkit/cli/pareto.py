"""``optkit pareto``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from optkit.cli import values
from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from optkit.core.instance import Instance
    from optkit.core.tools.pareto import Aims, Front


def pareto(
    instance: Path,
    /,
    *,
    solver: Annotated[str, Parameter(alias="-s")] = "auto",
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    points: Annotated[int, Parameter(converter=values.whole)] = 11,
    time_limit: Annotated[
        float | None, Parameter(alias="-t", converter=values.seconds)
    ] = None,
    gap: Annotated[float | None, Parameter(converter=values.real)] = None,
    seed: Annotated[int, Parameter(converter=values.whole)] = 0,
    set_: Annotated[tuple[str, ...], Parameter(name="--set")] = (),
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Trace the front between two aims, such as time against energy.

    For example:

      optkit pareto network.json
      optkit pareto network.json --points 21 -t 30 -o front
      optkit pareto network.json --json | jq '.points[].time'

    The instance is solved under one pair of weights after the other, its own
    weights left aside: either aim alone, then between the neighbours that are
    farthest apart. Each point is checked. With -o, every point's instance and
    solution are written, and front.svg shows the front.

    Parameters
    ----------
    instance
        The instance.
    solver
        Its name; auto picks one.
    output
        Folder for front.json, front.svg, front.png, and each point's files.
    points
        Solves at most, the two ends included.
    time_limit
        Time for each solve: 30, 30s, 10m.
    gap
        Stop each solve at this relative gap.
    seed
        The same seed gives the same front.
    set_
        Set an option of the solver, KEY=VALUE; may be repeated.
    json
        Print one JSON document instead of a table.
    """
    import optkit
    from optkit.cli.instances import family_of
    from optkit.core.errors import ExitStatus, UnavailableError, UsageError
    from optkit.core.solving.family import resolve
    from optkit.core.tools.pareto import trace

    if points < 2:
        raise UsageError(f"--points {points}: a front has two ends; give at least 2.")
    if output is not None and output.exists() and not output.is_dir():
        raise UsageError(f"{output}: is a file; name a folder for the front.")
    problem = optkit.load(instance)
    family = family_of(problem)
    if family.aims is None:
        raise UnavailableError(
            f"family {family.name!r} does not weigh two aims against each other; there"
            " is no front to trace."
        )
    aims: Aims = resolve(family.aims)
    limits = optkit.Limits(time=time_limit, gap=gap)
    options = values.settings(set_)

    def solve(weighed: Instance) -> optkit.Result:
        return optkit.solve(
            weighed, solver=solver, options=options, limits=limits, seed=seed
        )

    front = trace(
        problem,
        aims,
        solve,
        points,
        lambda count: terminal.note(f"{count} of at most {points} solves"),
    )
    if output is not None:
        _write(front, aims, problem, output, terminal)
    if json:
        terminal.document(document(front, aims, problem))
    else:
        _print(front, aims, terminal)
    return ExitStatus.OK if front.points else ExitStatus.NO_SOLUTION


def document(front: Front, aims: Aims, problem: Instance) -> dict[str, Any]:
    """Return the front as one JSON-ready mapping."""
    names: dict[int, list[str]] = {}
    for label, place in front.labels.items():
        names.setdefault(place, []).append(label)
    return {
        "instance": {"name": problem.name, "sha256": problem.sha256},
        "aims": [
            {"name": aim.name, "unit": aim.unit} for aim in (aims.first, aims.second)
        ],
        "complete": front.complete,
        "points": [
            {
                "labels": names.get(place, []),
                aims.first.name: point.values[0],
                aims.second.name: point.values[1],
                "weights": list(point.weights),
                "objective": point.result.objective,
                "bound": point.result.bound,
                "gap": point.result.gap,
                "status": str(point.result.status),
                "solver": point.result.solver.name,
            }
            for place, point in enumerate(front.points)
        ],
    }


def _print(front: Front, aims: Aims, terminal: Terminal) -> None:
    from optkit.cli.tables import table
    from optkit.core.display.tables import Column, Table

    columns = (
        Column("point"),
        Column(aims.first.name, aims.first.unit, align="right"),
        Column(aims.second.name, aims.second.unit, align="right"),
        Column("gap under its weights", align="right"),
        Column("status"),
    )
    rows: list[Any] = []
    for place, point in enumerate(front.points):
        labels = [label for label, at in front.labels.items() if at == place]
        rows.append(
            (
                ", ".join(labels) or str(place),
                *point.values,
                point.result.gap,
                str(point.result.status),
            )
        )
    title = "Front" if front.complete else "Front, as far as it was traced"
    terminal.show(table(Table(title, columns, rows), terminal.out, None))


def _write(
    front: Front, aims: Aims, problem: Instance, output: Path, terminal: Terminal
) -> None:
    import json as text

    import optkit
    from optkit.core.errors import UnavailableError
    from optkit.core.files.text import write_bytes
    from optkit.core.tools.instance_files import save_instance

    output.mkdir(parents=True, exist_ok=True)
    for place, point in enumerate(front.points):
        save_instance(point.result.instance, output / f"point-{place:02d}.json")
        optkit.save(point.result, output / f"point-{place:02d}.sol.json")
    content = text.dumps(document(front, aims, problem), indent=1) + "\n"
    write_bytes(output / "front.json", content.encode())
    try:
        from optkit.cli.front_picture import picture

        for kind in ("svg", "png"):
            write_bytes(output / f"front.{kind}", picture(front, aims, problem, kind))
    except UnavailableError as missing:
        terminal.warn(f"no picture: {missing}")
