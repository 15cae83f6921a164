"""Makes instances: at random, or from files of other formats."""

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
    described = registry.family(family)
    tool = described.generator
    if tool is None:
        raise UnavailableError(f"family {family!r} has no generator.")
    settings = make_options(tool.options_type(), options, f"generator {family}")
    document = resolve(tool.function)(settings, seed)
    return described.instance_type.parse(document, f"generated {family}")


def importers() -> dict[str, tuple[Family, Tool]]:
    """Return all import formats by name, each with its family and its importer."""
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
        Seed for the attributes that the file lacks and that are drawn at random.
    options
        The importer's options; ``optkit import FORMAT --help`` lists them.

    Raises
    ------
    UsageError
        If the format or an option is unknown, or a value is not allowed.
    InvalidFileError
        If the file cannot be read in that format.
    """
    check_seed(seed)
    formats = importers()
    if format_name not in formats:
        raise UsageError(unknown("import format", format_name, formats))
    family, tool = formats[format_name]
    settings = make_options(tool.options_type(), options, f"importer {format_name}")
    document = resolve(tool.function)(Path(source), settings, seed)
    return family.instance_type.parse(document, f"import of {source}")
