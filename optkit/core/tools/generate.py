"""Making instances: by a family's generator, or from a file of another format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.instance import Instance
from optkit.core.options import make_options
from optkit.core.solving import registry
from optkit.core.solving.family import Family, Tool, resolve
from optkit.core.solving.seeds import check_seed
from optkit.core.suggest import unknown


def generate(family: str, seed: int = 0, **options: Any) -> Instance:
    """Make a random instance of a family.

    Parameters
    ----------
    family
        The family's name.
    seed
        The same seed and options give the same instance.
    options
        The generator's options; ``optkit generate FAMILY --help`` lists them.

    Raises
    ------
    UsageError
        If the family or an option is unknown, or a value is not allowed.
    """
    check_seed(seed)
    found = registry.family(family)
    tool = found.generator
    if tool is None:
        raise UnavailableError(f"family {family!r} has no generator.")
    settings = make_options(tool.options_type(), options, f"generator {family}")
    document = resolve(tool.function)(settings, seed)
    return found.instance_type.parse(document, f"generated {family}")


def importers() -> dict[str, tuple[Family, Tool]]:
    """Return every import format by name, with the family it makes instances of."""
    return {
        tool.name: (family, tool)
        for family in registry.families().values()
        for tool in family.importers
    }


def import_instance(
    format_name: str, source: str | Path, seed: int = 0, **options: Any
) -> Instance:
    """Make an instance from a file of another format.

    Parameters
    ----------
    format_name
        The format's name; see :func:`importers`.
    source
        The file.
    seed
        For what the file does not say and is drawn at random.
    options
        The importer's options; ``optkit import FORMAT --help`` lists them.

    Raises
    ------
    UsageError
        If the format or an option is unknown, or a value is not allowed.
    InvalidFileError
        If the file cannot be read as that format.
    """
    check_seed(seed)
    known = importers()
    if format_name not in known:
        raise UsageError(unknown("import format", format_name, known))
    family, tool = known[format_name]
    settings = make_options(tool.options_type(), options, f"importer {format_name}")
    document = resolve(tool.function)(Path(source), settings, seed)
    return family.instance_type.parse(document, f"import of {source}")
