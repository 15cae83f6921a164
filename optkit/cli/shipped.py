"""``optkit instances``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from optkit.core.display.tables import Table


def instances(
    *names: Annotated[str, Parameter(name="NAME")],
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """List the instances that come with optkit, or copy them to a folder.

    For example:

      optkit instances
      optkit instances geant2009 cernet -o .
      optkit instances -o examples

    Beside each instance, its best-known solution is copied: NAME.sol.json.

    Parameters
    ----------
    names
        Names of instances, such as geant2009 or allocation/geant2009; all by default.
    output
        The folder to copy them to; it is made if need be.
    json
        Print one JSON object.
    """
    from optkit.core.tools.shipped import shipped_file, shipped_files

    files = [shipped_file(name) for name in names] or [*shipped_files().values()]
    if output is not None:
        copied = _copy(files, output)
        if json:
            terminal.document({"written": [str(path) for path in copied]})
        for path in [] if json else copied:
            terminal.line(str(path))
        return 0
    rows = [_described(file) for file in files]
    if json:
        terminal.document(rows)
        return 0
    from optkit.cli.tables import render_table

    terminal.show(render_table(_table(rows), terminal.out, max_rows=None))
    return 0


def _copy(files: list[Path], folder: Path) -> list[Path]:
    """Copy instances and their solutions; return the new files."""
    from optkit.cli.writable_paths import require_writable
    from optkit.core.errors import UsageError
    from optkit.core.files.text import write_bytes
    from optkit.core.tools.shipped import SOLUTION

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{folder}: cannot be made into a folder: {error.strerror}."
        ) from None
    pairs = []
    for file in files:
        solution = file.with_name(f"{file.stem}{SOLUTION}")
        pairs += [
            (source, folder / source.name)
            for source in (file, solution)
            if source.exists()
        ]
    for source, target in pairs:
        require_writable(target, source)
    for source, target in pairs:
        write_bytes(target, source.read_bytes())
    return [target for _, target in pairs]


def _described(file: Path) -> dict[str, Any]:
    import optkit
    from optkit.core.tools.shipped import SOLUTION

    instance = optkit.load(file)
    described = {
        "name": f"{file.parent.name}/{file.stem}",
        "sizes": instance.sizes(),
        "best": None,
        "status": None,
    }
    solution = file.with_name(f"{file.stem}{SOLUTION}")
    if solution.exists():
        known = optkit.load_solution(solution)
        described["best"], described["status"] = known.objective, str(known.status)
    return described


def _table(rows: list[dict[str, Any]]) -> Table:
    from optkit.core.display.tables import Column, Table

    return Table(
        "Instances that come with optkit",
        (
            Column("name"),
            Column("sizes"),
            Column("best known", align="right"),
            Column("status"),
        ),
        [
            (
                row["name"],
                ", ".join(f"{count} {name}" for name, count in row["sizes"].items()),
                row["best"],
                row["status"],
            )
            for row in rows
        ],
    )
