"""Makes instances: at random, or from files of other formats."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.instance import Instance, NamedDocument
from optkit.core.options import make_options
from optkit.core.solving import registry
from optkit.core.solving.family import Family, FileKind, Tool, resolve
from optkit.core.solving.seeds import check_seed
from optkit.core.suggest import unknown


def generate(family: str, seed: int = 0, **options: Any) -> Instance:
    """Make an instance of a family, at random or from a network.

    Parameters
    ----------
    family
        The family's name.
    seed
        The same seed and options give the same instance.
    options
        The generator's options; ``optkit generate FAMILY --help`` lists them. Every family
        but bilevel makes its instance from ``network``, an :class:`optkit.Network`, where
        one is given.

    Raises
    ------
    UsageError
        If the family or an option is unknown, or a value is not allowed.
    """
    made = generate_document(registry.family(family), seed, options)
    assert isinstance(made, Instance)
    return made


def generate_document(
    maker: Family | FileKind, seed: int, options: Mapping[str, Any]
) -> NamedDocument:
    """Make a random instance, or a random file of a kind that instances are made from.

    Parameters
    ----------
    maker
        What is made.
    seed, options
        As of :func:`generate`.
    """
    check_seed(seed)
    tool = maker.generator
    if tool is None:
        raise UnavailableError(f"{maker.name} has no generator.")
    settings = make_options(tool.options_type(), options, f"generator {maker.name}")
    document = resolve(tool.function)(settings, seed)
    return _type(maker).parse(document, f"generated {maker.name}")


def importers() -> dict[str, tuple[Family | FileKind, Tool]]:
    """Return all import formats by name, each with what it makes and its importer.

    Of a format that a family and a kind of file both read, the family's stands here.
    """
    makers: list[Family | FileKind] = [*registry.families().values()]
    makers += registry.file_kinds().values()
    formats: dict[str, tuple[Family | FileKind, Tool]] = {}
    for maker in makers:
        for tool in maker.importers:
            formats.setdefault(tool.name, (maker, tool))
    return formats


def import_instance(
    format_name: str,
    source: str | Path,
    seed: int = 0,
    *,
    family: str | None = None,
    settings: Mapping[str, Any] | None = None,
    **options: Any,
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
    family, settings, options
        As in :func:`import_file`; formats of networks need the family.

    Raises
    ------
    UsageError
        If the format or an option is unknown, or a value is not allowed.
    InvalidFileError
        If the file cannot be read in that format.
    """
    made = family or _format(format_name)[0].name
    if made in registry.file_kinds():
        raise UsageError(
            f"import format {format_name!r} makes a {made}; name a family, or call"
            " optkit.import_file."
        )
    instance = import_file(
        format_name, source, seed, family=family, settings=settings, **options
    )
    assert isinstance(instance, Instance)
    return instance


def import_file(
    format_name: str,
    source: str | Path | None = None,
    seed: int = 0,
    *,
    family: str | None = None,
    settings: Mapping[str, Any] | None = None,
    **options: Any,
) -> Any:
    """Make an instance or a network from a file of another format.

    Parameters
    ----------
    format_name
        The format's name; see :func:`importers`.
    source
        The file; None where a format takes other files instead.
    seed
        Seed for whatever the file lacks and is drawn at random.
    family
        What to make: a family, or ``"network"``; None for what the format usually makes.
    settings
        Options of the family's generator, where a network is read and an instance is made
        from it.
    options
        The importer's options; ``optkit import FORMAT --help`` lists them.

    Returns
    -------
    Instance or Network
        What was made.

    Raises
    ------
    UsageError
        If the format, the family or an option is unknown, or a value is not allowed.
    InvalidFileError
        If the file cannot be read in that format.
    """
    check_seed(seed)
    maker, tool = _format(format_name)
    if family is not None and family != maker.name:
        maker, tool = _format_of(format_name, family)
    made_from_network = family is not None and maker.name != family
    if settings and not made_from_network:
        raise UsageError(
            f"settings of a generator ({', '.join(settings)}) have no effect: importer"
            f" {format_name} makes the {maker.name} file itself; give them as options of"
            " the importer."
        )
    chosen = make_options(tool.options_type(), options, f"importer {format_name}")
    if source is None and tool.needs_source:
        raise UsageError(f"import format {format_name!r}: name the file to read.")
    path = None if source is None else Path(source)
    document = resolve(tool.function)(path, chosen, seed)
    made = _type(maker).parse(document, f"import of {source}")
    if made_from_network and family is not None:
        strict = {"strict": True} if getattr(chosen, "strict", False) else {}
        return generate(family, seed, **{**strict, **(settings or {}), "network": made})
    return made


def _type(maker: Family | FileKind) -> type[NamedDocument]:
    if isinstance(maker, FileKind):
        return maker.document_type
    return maker.instance_type


def _format(name: str) -> tuple[Family | FileKind, Tool]:
    formats = importers()
    if name not in formats:
        raise UsageError(unknown("import format", name, formats))
    return formats[name]


def _format_of(name: str, family: str) -> tuple[Family | FileKind, Tool]:
    """Return the importer that makes files of a family, or what these are made from."""
    kinds = registry.file_kinds()
    if family not in kinds and not takes_network(registry.family(family)):
        raise UsageError(
            f"family {family!r} makes no instance from a network; those that do:"
            f" {', '.join(families_of_networks())}."
        )
    for kind in kinds.values():
        for tool in kind.importers:
            if tool.name == name:
                return kind, tool
    raise UsageError(
        f"import format {name!r} makes no {family} file; leave the family out."
    )


def takes_network(family: Family) -> bool:
    """Return whether a family's generator has an option for a given network."""
    tool = family.generator
    return tool is not None and "network" in tool.options_type().model_fields


def families_of_networks() -> list[str]:
    """Return the names of the families that make instances from a network."""
    return [name for name, f in registry.families().items() if takes_network(f)]
