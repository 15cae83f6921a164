"""Reads and writes instances of every family, and the other files of optkit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from optkit.core.errors import InvalidFileError, Issue, UsageError
from optkit.core.files.text import read_json, write_json
from optkit.core.instance import Instance, NamedDocument
from optkit.core.solving import registry
from optkit.core.suggest import nearest


def load(path: str | Path, aux: str | Path | None = None) -> Any:
    """Read an instance or a network; the file says what it is.

    Parameters
    ----------
    path
        A ``.json`` or ``.json.gz`` file, or one with an ending that a family reads, such
        as ``.mps``.
    aux
        The second file of a format of two files, such as the aux file of an ``.mps`` file;
        by default the one beside it.

    Returns
    -------
    Instance or Network
        The document: validated, migrated to the current schema version, immutable.

    Raises
    ------
    InvalidFileError
        If it cannot be read or is invalid, with everything that is wrong.
    UsageError
        If a second file is given, and the format has none.
    """
    second = None if aux is None else Path(aux)
    return parse_document(read_document(Path(path), second), str(path))


def load_instance(path: str | Path, aux: str | Path | None = None) -> Instance:
    """Read an instance as :func:`load` does; a network is refused."""
    second = None if aux is None else Path(aux)
    return parse_instance(read_document(Path(path), second), str(path))


def read_document(path: Path, aux: Path | None = None) -> Any:
    """Return the document in a file: JSON, or a format that a family reads.

    Parameters
    ----------
    path, aux
        As in :func:`load`.
    """
    from optkit.core.solving.family import resolve

    suffix = _suffix(path)
    target = registry.reader_of(suffix) if suffix != ".json" else None
    if target is not None:
        reader = resolve(target)
        return reader(path) if aux is None else reader(path, aux)
    if aux is not None:
        raise UsageError(
            f"{path}: only an .mps file has an aux file; leave out {str(aux)!r}."
        )
    return read_json(path)


def _suffix(path: Path) -> str:
    """Return the ending of a file's name in lower case, without that of compression."""
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return plain.suffix.lower()


def parse_document(data: Any, source: str = "document") -> NamedDocument:
    """Return the instance or network that the JSON document ``data`` describes."""
    if isinstance(data, dict) and isinstance(schema := data.get("schema"), str):
        family = registry.family_of_schema(schema)
        if family is not None:
            return family.instance_type.parse(data, source)
        kind = registry.file_kind_of_schema(schema)
        if kind is not None:
            return kind.document_type.parse(data, source)
    kinds = registry.file_kinds().values()
    return _parse(data, source, [kind.document_type.SCHEMA for kind in kinds])


def parse_instance(data: Any, source: str = "instance") -> Instance:
    """Return the instance that the JSON document ``data`` describes; see :func:`load`."""
    return _parse(data, source, ())


def _parse(data: Any, source: str, others: Sequence[str]) -> Instance:
    if not isinstance(data, dict):
        raise InvalidFileError(
            source, ["the document is not a JSON object; an instance file is one"]
        )
    schema = data.get("schema")
    family = registry.family_of_schema(schema) if isinstance(schema, str) else None
    if family is None:
        schemas = [f.instance_type.SCHEMA for f in registry.families().values()]
        known = sorted([*schemas, *others])
        problem = (
            "missing" if "schema" not in data else f"{str(schema)[:60]!r} is unknown"
        )
        guess = nearest(schema, known) if isinstance(schema, str) else None
        hint = f"; did you mean {guess!r}?" if guess else ""
        if schema == "optkit/solution":
            hint = "; this is a solution file, name the instance it solves"
        kind = registry.file_kind_of_schema(schema) if isinstance(schema, str) else None
        if kind is not None:
            problem, hint = f"a {kind.name}, not an instance", f"; {kind.use}"
        raise InvalidFileError(
            source,
            [Issue("schema", f"{problem}{hint or '.'} Known: {', '.join(known)}")],
        )
    return family.instance_type.parse(data, source)


def save_instance(instance: NamedDocument, path: str | Path) -> None:
    """Write an instance or a network to ``path``, completely or not at all."""
    write_json(Path(path), instance.document())
