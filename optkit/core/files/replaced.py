"""A document with some of its values replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from optkit.core.errors import UsageError
from optkit.core.files.document import Document, Part
from optkit.core.suggest import unknown

DocumentT = TypeVar("DocumentT", bound=Document)

UNTOLD = ("name", "provenance")
"""Keys whose replacement the provenance does not state."""

LONGEST = 40
"""Characters of a value up to which the provenance states it."""


def replaced(document: DocumentT, values: Mapping[str, Any]) -> DocumentT:
    """Return a copy of ``document`` with other values; see ``NamedDocument.replace``."""
    content = document.document()
    notes = []
    for name, value in values.items():
        path = _path(document, name)
        if path is None:
            known = [key for key in _names(document) if not key.startswith("schema")]
            raise UsageError(
                f"replace: {unknown(f'key of {type(document).__name__}', name, known)}"
            )
        inside = content
        for key in path[:-1]:
            inside = inside[key]
        inside[path[-1]] = plain(value)
        text = repr(value)
        said = f" set to {text}" if len(text) <= LONGEST else " replaced"
        if name not in UNTOLD:
            notes.append(".".join(path) + said)
    if notes and "provenance" in type(document).model_fields:
        before = content.get("provenance", "")
        content["provenance"] = "; ".join(filter(None, [before, *notes]))
    return type(document).parse(content, f"{type(document).__name__}.replace")


def plain(value: Any) -> Any:
    """Return a value as JSON would hold it."""
    if isinstance(value, Part):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if hasattr(value, "tolist"):  # numbers and arrays of numpy
        return value.tolist()
    return value


def _path(part: Part, name: str) -> list[str] | None:
    """Return the keys that lead to ``name``; None if there is nothing of that name."""
    for field, about in type(part).model_fields.items():
        key = about.alias or field
        if name in (field, key):
            return [key]
        inner = part.__dict__.get(field)
        if isinstance(inner, Part):
            for begin in {field, key}:
                if name.startswith(f"{begin}_"):
                    rest = _path(inner, name[len(begin) + 1 :])
                    if rest is not None:
                        return [key, *rest]
    return None


def _names(part: Part, before: str = "") -> list[str]:
    """Return every name that :func:`_path` finds."""
    names = []
    for field in type(part).model_fields:
        inner = part.__dict__.get(field)
        if isinstance(inner, Part):
            names += _names(inner, f"{before}{field}_")
        names.append(f"{before}{field}")
    return names
