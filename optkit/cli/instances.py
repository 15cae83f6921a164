"""What the commands say about an instance, whatever its family."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optkit.core.display.tables import Table
    from optkit.core.instance import Instance, Solution
    from optkit.core.solving.family import Family
    from optkit.core.solving.result import Verification


def family_of(instance: Instance) -> Family:
    """Return the family of an instance that was loaded."""
    from optkit.core.solving.registry import family_of_schema

    family = family_of_schema(instance.SCHEMA)
    assert family is not None, "an instance was loaded, so its family is registered"
    return family


def sizes(instance: Instance) -> dict[str, int]:
    """Return how many parts of each kind an instance has."""
    if instance.SIZES:
        found = {word: attrgetter(at)(instance) for word, at in instance.SIZES.items()}
        return {
            word: value if isinstance(value, int) else len(value)
            for word, value in found.items()
        }
    return {
        name: len(value)
        for name, value in instance
        if isinstance(value, tuple | list | dict)
    }


def described(instance: Instance) -> str:
    """Return an instance's name, family and sizes in one line."""
    counts = ", ".join(f"{count} {name}" for name, count in sizes(instance).items())
    family = family_of(instance).name
    return f"{instance.name} ({family}: {counts})" if counts else instance.name


def tables_of(
    instance: Instance, solution: Solution | None, verification: Verification | None
) -> list[Table]:
    """Return what the instance's family has to say; nothing where it has no tables."""
    from optkit.core.solving.family import resolve

    family = family_of(instance)
    if family.tables is None:
        return []
    made: list[Table] = resolve(family.tables)(instance, solution, verification)
    return made
