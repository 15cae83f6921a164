"""Describe an instance of any family."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optkit.core.display.tables import Table
    from optkit.core.instance import Instance, Solution
    from optkit.core.solving.family import Family
    from optkit.core.solving.result import Verification


def family_of(instance: Instance) -> Family:
    """Return the family of a loaded instance."""
    from optkit.core.solving.registry import family_of_schema

    family = family_of_schema(instance.SCHEMA)
    assert family is not None, "an instance was loaded, so its family is registered"
    return family


def sizes(instance: Instance) -> dict[str, int]:
    """Return the sizes of an instance by name, such as the number of servers."""
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


def describe(instance: Instance) -> str:
    """Return an instance's name, family and sizes in one line."""
    counts = ", ".join(f"{count} {name}" for name, count in sizes(instance).items())
    family = family_of(instance).name
    return f"{instance.name} ({family}: {counts})" if counts else instance.name


def family_tables(
    instance: Instance, solution: Solution | None, verification: Verification | None
) -> list[Table]:
    """Return the family's tables of an instance and its solution; [] if it has none."""
    from optkit.core.solving.family import resolve

    family = family_of(instance)
    if family.tables is None:
        return []
    tables: list[Table] = resolve(family.tables)(instance, solution, verification)
    return tables
