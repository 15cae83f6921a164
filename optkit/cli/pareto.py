"""``optkit pareto``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from optkit.cli.terminal import Terminal
from optkit.cli.values import (
    parse_assignments,
    parse_duration,
    parse_float,
    parse_int,
)

if TYPE_CHECKING:
    from optkit.core.instance import Instance
    from optkit.core.tools.pareto.aims import Aims, Knob
    from optkit.core.tools.pareto.front import Front, FrontPoint


def pareto(
    instance: Path,
    /,
    *,
    solver: Annotated[str, Parameter(alias="-s")] = "auto",
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    points: Annotated[int, Parameter(converter=parse_int)] = 11,
    time_limit: Annotated[
        float | None, Parameter(alias="-t", converter=parse_duration)
    ] = None,
    gap: Annotated[float | None, Parameter(converter=parse_float)] = None,
    between: Annotated[float, Parameter(converter=parse_duration)] = 60.0,
    seed: Annotated[int, Parameter(converter=parse_int)] = 0,
    set_: Annotated[tuple[str, ...], Parameter(name="--set")] = (),
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Compute the Pareto front of two aims, such as time and energy.

    For example:

      optkit pareto instance.json
      optkit pareto instance.json --points 21 -t 30 --between 5m -o front
      optkit pareto instance.json --json | jq '.points[].time'
      optkit pareto world.json --set information=gradient+rent-or-buy

    The instance is solved repeatedly. Each time, other weights of the two aims
    replace its own: first those of each aim alone, then weights between the two
    neighbouring points that are farthest apart. Points that are best under no
    weights follow: the energy is limited, and the time minimised. Every step proves
    a bound, and together they say how much better a solution can be. In dispatch,
    the aims are few messages and a short response time, and the option that makes
    messages rarer is varied: from silence to everybody's broadcast; nothing is
    proven there. Each point is checked. With -o, the instance and the solution of
    every listed point are written; front.json and front.csv have all points and the
    bound, and front.svg shows them. Ctrl-C, SIGTERM or SIGHUP ends it early: the
    points so far are printed and written.

    Parameters
    ----------
    instance
        Instance file.
    solver
        Name of the solver; auto chooses one.
    output
        Folder for front.json, .csv, .svg and .png, and each point's files.
    points
        Largest number of solves under weights, and of points that are listed, the
        two ends included.
    time_limit
        Time limit of each solve: 30, 30s, 10m.
    gap
        Stop each solve at this relative gap.
    between
        Time limit of the search between the points; 0 leaves it out.
    seed
        Random seed; the same seed gives the same front, unless time runs out.
    set_
        Set an option of the solver, KEY=VALUE; may be repeated.
    json
        Print one JSON document instead of a table.
    """
    import optkit
    from optkit.cli.writable_paths import companions, require_folder
    from optkit.core.errors import ExitStatus, UnavailableError, UsageError
    from optkit.core.runtime import stop_signals
    from optkit.core.solving.deadline import Deadline
    from optkit.core.solving.describe import family_of
    from optkit.core.solving.family import resolve
    from optkit.core.tools.instance_files import load_instance
    from optkit.core.tools.pareto.aims import Knob
    from optkit.core.tools.pareto.between import fill
    from optkit.core.tools.pareto.option import turn
    from optkit.core.tools.pareto.weights import trace

    if points < 2:
        raise UsageError(f"--points {points}: a front has two ends; give at least 2.")
    require_folder(output, *companions(instance), writes=("point-*.json", "front.*"))
    problem = load_instance(instance)
    family = family_of(problem)
    if family.aims is None:
        raise UnavailableError(
            f"family {family.name!r} does not weigh two aims against each other, so it"
            " has no front."
        )
    aims: Aims | Knob = resolve(family.aims)
    limits = optkit.Limits(time=time_limit, gap=gap)
    options = parse_assignments(set_)

    def solve(weighed: Instance, chosen: Mapping[str, Any]) -> optkit.Result:
        return optkit.solve(
            weighed, solver=solver, options=chosen, limits=limits, seed=seed
        )

    def tell(count: int) -> None:
        terminal.note(f"{count} of at most {points} solves")

    if isinstance(aims, Knob):
        front = turn(
            problem, aims, options, lambda chosen: solve(problem, chosen), points, tell
        )
    else:
        front = trace(
            problem, aims, lambda weighed: solve(weighed, options), points, tell
        )
        if aims.between is not None and between > 0.0 and not front.interrupted:
            deadline = Deadline(between)
            front = fill(problem, aims, front, points, deadline, terminal.note)
    stop_signals.hold_until_end()  # from here on, the front is only written
    if output is not None:
        _write(front, aims, problem, output, terminal)
    if json:
        terminal.document(document(front, aims, problem))
    else:
        _print(front, aims, terminal)
    if front.interrupted or stop_signals.was_stopped():
        return stop_signals.status()
    return ExitStatus.OK if front.points else ExitStatus.NO_SOLUTION


def document(front: Front, aims: Aims | Knob, problem: Instance) -> dict[str, Any]:
    """Return the front as a JSON-ready mapping."""
    from optkit.core.tools.pareto.aims import Knob

    labels = point_labels(front)
    reference = front.reference
    compared = {}
    if isinstance(aims, Knob) and reference is not None:
        first, second = reference.values
        compared[aims.reference] = {aims.first.name: first, aims.second.name: second}
    return {
        "instance": {"name": problem.name, "sha256": problem.sha256},
        "aims": [
            {"name": aim.name, "unit": aim.unit} for aim in (aims.first, aims.second)
        ],
        "complete": front.complete,
        **compared,
        **_proven_of(front),
        "points": [
            {
                "labels": labels.get(index, []),
                aims.first.name: point.values[0],
                aims.second.name: point.values[1],
                **_found_by(point, aims),
                "objective": point.result.objective,
                "bound": point.result.bound,
                "gap": point.result.gap,
                "status": str(point.result.status),
                "solver": point.result.solver.name,
            }
            for index, point in enumerate(front.points)
        ],
    }


def _proven_of(front: Front) -> dict[str, Any]:
    """Return all points, the corners of the bound, and the distance between the two."""
    if not len(front.found):
        return {}
    return {
        "front_gap": front.gap,
        "found": front.found.tolist(),
        "bound": front.bound.staircase(front.found).tolist(),
    }


def _rows(front: Front, aims: Aims | Knob) -> str:
    """Return all points, and the corners of the bound, as CSV."""
    lines = [
        f"set,{aims.first.name}_{aims.first.unit},{aims.second.name}_{aims.second.unit}"
    ]
    if len(front.found):
        corners = front.bound.staircase(front.found)
        for name, points in (("found", front.found), ("bound", corners)):
            lines += [f"{name},{x!r},{y!r}" for x, y in points.tolist()]
    return "\n".join(lines) + "\n"


def _found_by(point: FrontPoint, aims: Aims | Knob) -> dict[str, Any]:
    """Return how a point was found, and the bound on its first aim."""
    from optkit.core.tools.pareto.aims import Knob

    if isinstance(aims, Knob):
        return {"options": dict(point.settings)}
    weights = None if point.weights is None else list(point.weights)
    return {f"least_{aims.first.name}": point.least_first, "weights": weights}


def point_labels(front: Front) -> dict[int, list[str]]:
    """Return the labels of each labelled point, by its index."""
    labels: dict[int, list[str]] = {}
    for label, index in front.labels.items():
        labels.setdefault(index, []).append(label)
    return labels


def _print(front: Front, aims: Aims | Knob, terminal: Terminal) -> None:
    from optkit.cli.tables import render_table
    from optkit.core.display.tables import Column, Table
    from optkit.core.display.values import format_gap
    from optkit.core.tools.pareto.aims import Knob

    columns: tuple[Column, ...] = (
        Column("point"),
        Column(aims.first.name, aims.first.unit, align="right"),
        Column(aims.second.name, aims.second.unit, align="right"),
        Column(f"least {aims.first.name}", aims.first.unit, align="right"),
        Column("gap", align="right"),
        Column("found"),
    )
    if isinstance(aims, Knob):
        columns = (*columns[:3], Column("options"))
    rows: list[Any] = []
    labels = point_labels(front)
    for index, point in enumerate(front.points):
        rows.append(
            (
                ", ".join(labels.get(index, [])) or str(index),
                *point.values,
                *_found_how(point, aims),
            )
        )
    reference = front.reference
    if isinstance(aims, Knob) and reference is not None:
        rows.append((aims.reference, *reference.values, *_found_how(reference, aims)))
    title = "Front" if front.complete else "Front, incomplete"
    terminal.show(render_table(Table(title, columns, rows), terminal.out, None))
    if not isinstance(aims, Knob) and front.gap is not None:
        terminal.line(
            f"{len(front.found)} points found. For every solution, one of them is at most"
            f" {format_gap(front.gap)} worse in either aim."
        )


def _found_how(point: FrontPoint, aims: Aims | Knob) -> tuple[Any, ...]:
    """Return the last cells of a point: its options, or its bound and how it was found."""
    from optkit.core.tools.pareto.aims import Knob

    if isinstance(aims, Knob):
        return (" ".join(f"{name}={v}" for name, v in point.settings.items()),)
    if point.weights is None:
        return point.least_first, point.gap, f"{aims.second.name} limited"
    first, second = point.weights
    return point.least_first, point.gap, f"weights {first:.3g}, {second:.3g}"


def _write(
    front: Front, aims: Aims | Knob, problem: Instance, output: Path, terminal: Terminal
) -> None:
    import json as text

    import optkit
    from optkit.core.errors import UnavailableError
    from optkit.core.files.paths import make_folder
    from optkit.core.files.text import write_bytes
    from optkit.core.tools.instance_files import save_instance

    make_folder(output)
    for index, point in enumerate(front.points):
        save_instance(point.result.instance, output / f"point-{index:02d}.json")
        optkit.save(point.result, output / f"point-{index:02d}.sol.json")
    content = text.dumps(document(front, aims, problem), indent=1) + "\n"
    write_bytes(output / "front.json", content.encode())
    write_bytes(output / "front.csv", _rows(front, aims).encode())
    try:
        from optkit.cli.front_picture import draw_front

        labels = point_labels(front)
        for kind in ("svg", "png"):
            data = draw_front(front, aims, labels, problem.name, kind)
            write_bytes(output / f"front.{kind}", data)
    except UnavailableError as missing:
        terminal.warn(f"no picture: {missing}")
