"""``optkit solvers``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from rich.console import Console

    from optkit.core.display.tables import Cell
    from optkit.core.solving.registry import SolverInfo


def solvers(
    family: str | None = None,
    /,
    *,
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """List solvers, what they can do, and their options.

    For example:

      optkit solvers
      optkit solvers allocation
      optkit solvers --json

    Some solvers consist of two parts, such as A+B. The list has the parts, too.

    Parameters
    ----------
    family
        Problem family; by default, all families.
    json
        Print one JSON array.
    """
    from optkit.core.solving import registry

    all_infos = registry.solvers(family)
    for plugin, reason in registry.broken().items():
        terminal.warn(f"{plugin} failed to load: {reason}")
    if json:
        terminal.document([_document(info) for info in all_infos])
        return 0
    for name in dict.fromkeys(info.family for info in all_infos):
        infos = [info for info in all_infos if info.family == name]
        terminal.show(*_listing(name, infos, terminal.out))
    return 0


def _document(info: SolverInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "family": info.family,
        "kind": str(info.kind),
        "reference": info.reference,
        "available": info.available,
        "reason": info.reason,
        "options": info.options,
        "capabilities": _capabilities(info),
    }


def _capabilities(info: SolverInfo) -> dict[str, bool]:
    from dataclasses import asdict

    return asdict(info.capabilities)


def _listing(family: str, infos: list[SolverInfo], console: Console) -> list[Any]:
    """Return the tables of a family's solvers, of their parts and of their options."""
    from optkit.cli.tables import render_table
    from optkit.core.display.tables import Column, Table
    from optkit.core.solving.registry import composition

    overview = Table(
        f"{family}: solvers",
        tuple(map(Column, ("solver", "kind", "available", "can use", "reference"))),
        [
            (
                info.name,
                str(info.kind),
                "yes" if info.available else f"no: {info.reason}",
                ", ".join(
                    name.replace("_", " ")
                    for name, able in _capabilities(info).items()
                    if able and name != "bound"
                )
                or "-",
                info.reference,
            )
            for info in infos
        ],
    )
    options = Table(
        f"{family}: options of its solvers (--set KEY=VALUE)",
        tuple(map(Column, ("solver", "key", "default", "meaning"))),
        _options(infos),
    )
    composed = composition(family)
    parts = Table(
        f"{family}: parts of composed solvers"
        + (f", {composed.pattern}" if composed else ""),
        tuple(map(Column, ("part", "name", "reference"))),
        [
            (part.title, name, reference)
            for part in (composed.parts if composed else ())
            for name, reference in part.choices().items()
        ],
    )
    return [
        render_table(table, console, max_rows=None)
        for table in (overview, parts, options)
        if table.rows
    ]


def _options(infos: list[SolverInfo]) -> list[tuple[Cell, ...]]:
    """Return one row per option; solvers with the same option share its row."""
    solvers: dict[tuple[str, str, str], list[str]] = {}
    for info in infos:
        for key, entry in info.options.items():
            solvers.setdefault((key, _default(entry), _meaning(entry)), []).append(
                info.name
            )
    return [(", ".join(names), *row) for row, names in solvers.items()]


def _meaning(entry: dict[str, Any]) -> str:
    """Return the description of an option, with its choices if there are any."""
    text = str(entry.get("description", ""))
    choices = ", ".join(map(str, entry.get("enum", ())))
    return f"{text} [choices: {choices}]" if choices else text


def _default(entry: dict[str, Any]) -> str:
    value = entry.get("default")
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)
