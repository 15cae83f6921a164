"""``optkit validate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from optkit.core.instance import NamedDocument


def validate(
    *files: Annotated[Path, Parameter(name="FILE")],
    aux: Path | None = None,
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Validate instance, network and solution files, and report every problem in them.

    For example:

      optkit validate instance.json
      optkit validate instances/*/*.json
      optkit validate --json instance.json answer.json

    Prints one line per file: ok or bad, the file, and for a good one its kind,
    name, sizes and the start of its sha256. Problems of bad files go to standard
    error.

    Parameters
    ----------
    files
        Files to validate: .json, .json.gz, or another format of a family (.mps, .ki).
    aux
        Aux file of the .mps instance, which must be the only file.
    json
        Print one JSON array.
    """
    from optkit.core.errors import ExitStatus, InvalidFileError, UsageError

    if not files:
        raise UsageError("no file to validate; name one or more.")
    if aux is not None and len(files) > 1:
        raise UsageError("--aux belongs to one .mps file; validate it alone.")
    status = ExitStatus.OK
    entries = []
    for path in files:
        try:
            entry = {"file": str(path), "valid": True, **_read(path, aux)}
        except InvalidFileError as error:
            status = ExitStatus.INVALID_FILE
            issues = [{"path": i.path, "message": i.message} for i in error.issues]
            entry = {"file": str(path), "valid": False, "issues": issues}
            if not json:
                terminal.line(f"bad  {path}")
                terminal.error(str(error))
        else:
            if not json:
                terminal.line(_line(entry))
        entries.append(entry)
    if json:
        terminal.document(entries)
    return status


def _read(path: Path, aux: Path | None) -> dict[str, Any]:
    """Return what a file contains, or raise an error with its problems."""
    from optkit.core.tools.instance_files import parse_document, read_document

    data = read_document(path, aux)
    if isinstance(data, dict) and data.get("schema") == "optkit/solution":
        return _solution(data, str(path))
    return _described(parse_document(data, str(path)))


def _described(document: NamedDocument) -> dict[str, Any]:
    from optkit.core.solving.describe import kind_of

    return {
        "kind": kind_of(document).name,
        "name": document.name,
        "sizes": document.sizes(),
        "sha256": document.sha256,
    }


def _solution(data: dict[str, Any], source: str) -> dict[str, Any]:
    from optkit.core.errors import InvalidFileError, Issue
    from optkit.core.solving.registry import family_of_schema
    from optkit.core.tools.solution_files import SolutionDocument, parse_solution

    document = SolutionDocument.parse(data, source)
    family = family_of_schema(document.instance.schema_)
    if family is None:
        raise InvalidFileError(
            source,
            [Issue("instance.schema", f"{document.instance.schema_!r} is unknown")],
        )
    if document.solution is not None:
        parse_solution(family.solution_type, document.solution, source)
    return {
        "kind": f"solution/{family.name}",
        "name": document.instance.name,
        "sizes": {},
        "sha256": document.instance.sha256,
    }


def _line(entry: dict[str, Any]) -> str:
    """Return the line of a valid file; its columns are separated by two blanks."""
    sizes = ",".join(f"{name}={count}" for name, count in entry["sizes"].items())
    sha256 = entry["sha256"][:12]
    cells = ("ok ", entry["file"], entry["kind"], entry["name"], sizes or "-", sha256)
    return "  ".join(cells)
