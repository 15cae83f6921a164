"""Describe, tabulate and draw an instance of any family, or a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.errors import UnavailableError
from optkit.core.runtime.extras import needs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optkit.core.display.tables import Table
    from optkit.core.instance import Instance, NamedDocument, Solution
    from optkit.core.solving.family import Family, FileKind
    from optkit.core.solving.result import Verification


def family_of(instance: Instance) -> Family:
    """Return the family of a loaded instance."""
    from optkit.core.solving.registry import family_of_schema

    family = family_of_schema(instance.SCHEMA)
    assert family is not None, "an instance was loaded, so its family is registered"
    return family


def kind_of(document: NamedDocument) -> Family | FileKind:
    """Return the family of an instance, or the kind of another file."""
    from optkit.core.solving.registry import family_of_schema, file_kind_of_schema

    kind = family_of_schema(document.SCHEMA) or file_kind_of_schema(document.SCHEMA)
    assert kind is not None, "the document was loaded, so its kind is registered"
    return kind


def describe(instance: NamedDocument) -> str:
    """Return a document's name, its family or kind, and its sizes in one line."""
    counts = ", ".join(f"{count} {name}" for name, count in instance.sizes().items())
    kind = kind_of(instance).name
    return f"{instance.name} ({kind}: {counts})" if counts else instance.name


def family_tables(
    document: NamedDocument,
    solution: Solution | None,
    verification: Verification | None,
) -> list[Table]:
    """Return the tables of a document and of its solution; [] if its kind has none."""
    from optkit.core.solving.family import Family, resolve

    kind = kind_of(document)
    if kind.tables is None:
        return []
    make = resolve(kind.tables)
    tables: list[Table]
    if isinstance(kind, Family):
        tables = make(document, solution, verification)
    else:
        tables = make(document)
    return tables


def picture(
    document: NamedDocument,
    solution: Solution | None,
    verification: Verification | None,
) -> Figure:
    """Draw a document, and its solution if it is an instance.

    Raises
    ------
    UnavailableError
        If there is no such drawing, or matplotlib is not installed.
    """
    from optkit.core.solving.family import Family, resolve

    kind = kind_of(document)
    if kind.draw is None:
        raise UnavailableError(f"a {kind.name} file has no drawing.")
    with needs("plot", "drawing", "matplotlib"):
        make = resolve(kind.draw)
        figure: Figure
        if isinstance(kind, Family):
            figure = make(document, solution, verification)
        else:
            figure = make(document)
    return figure
