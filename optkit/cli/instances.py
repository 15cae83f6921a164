"""Describe an instance of any family, or a network."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

    kind = file_kind_of_schema(document.SCHEMA) or family_of_schema(document.SCHEMA)
    assert kind is not None, "the document was loaded, so its kind is registered"
    return kind


def sizes(instance: NamedDocument) -> dict[str, int]:
    """Return the sizes of a document by name, such as the number of servers."""
    if instance.SIZES:
        parts = {name: attrgetter(at)(instance) for name, at in instance.SIZES.items()}
        return {
            name: part if isinstance(part, int) else len(part)
            for name, part in parts.items()
        }
    return {
        name: instance.length(name)
        for name in type(instance).model_fields
        if name in instance.LONG_ARRAYS
        or isinstance(getattr(instance, name), tuple | list | dict)
    }


def describe(instance: NamedDocument) -> str:
    """Return a document's name, its family or kind, and its sizes in one line."""
    counts = ", ".join(f"{count} {name}" for name, count in sizes(instance).items())
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
