"""``optkit schema``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from optkit.core.files.document import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(
    name: str | None = None,
    /,
    *,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Print the JSON Schema of a file format, or list the formats.

    For example:

      optkit schema
      optkit schema allocation > allocation.schema.json
      optkit schema network
      optkit schema solution

    "solution" is the format of all solution files, "solution/FAMILY" that of the
    solution files of one family.

    Parameters
    ----------
    name
        A family, "network", "solution", or "solution/FAMILY"; without it, the formats are
        listed.
    """
    from optkit.core.errors import UsageError
    from optkit.core.suggest import unknown

    formats = _formats()
    if name is None:
        for format_name in formats:
            terminal.line(format_name)
        return 0
    short_name = name.removeprefix("optkit/")
    if short_name not in formats:
        raise UsageError(unknown("schema", name, formats))
    document = formats[short_name]
    terminal.document(
        {"$schema": DIALECT, "$id": f"urn:optkit:{short_name}:{document.VERSION}"}
        | json_schema(document)
        | {"title": f"optkit/{short_name}"}
    )
    return 0


def json_schema(document: type[Document]) -> dict[str, Any]:
    """Return the JSON Schema of a document, with the keys as they are in the file."""
    return document.model_json_schema(by_alias=True, mode="validation")


def _formats() -> dict[str, type[Document]]:
    from pydantic import create_model

    from optkit.core.solving.registry import families, file_kinds
    from optkit.core.tools.solution_files import SolutionDocument

    formats: dict[str, type[Document]] = {"solution": SolutionDocument}
    for family in families().values():
        formats[family.name] = family.instance_type
        formats[f"solution/{family.name}"] = create_model(
            f"SolutionDocument_{family.name}",
            __base__=SolutionDocument,
            __doc__=f"A solution file for {family.name} instances.",
            solution=(_or_null(family.solution_type), ...),
        )
    for kind in file_kinds().values():
        formats[kind.name] = kind.document_type
    return dict(sorted(formats.items()))


def _or_null(content: Any) -> Any:
    return content | None
