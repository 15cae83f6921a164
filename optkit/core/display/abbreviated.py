"""Objects in one line, however much they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SHOWN = 2
"""Entries of a list or mapping that are shown."""

LONGEST_TEXT = 40
"""Characters of a text that are shown."""


def abbreviated(name: str, fields: Mapping[str, Any]) -> str:
    """Return ``Name(field=value, …)`` with long values cut short.

    Parameters
    ----------
    name
        Name of the object's type.
    fields
        Its fields.
    """
    inside = ", ".join(f"{field}={_short(value)}" for field, value in fields.items())
    return f"{name}({inside})"


def _short(value: Any, depth: int = 0) -> str:
    """Return a value, with the number of entries that are left out."""
    if isinstance(value, Mapping):
        shown = [
            f"{key!r}: {_short(entry, depth + 1)}"
            for key, entry in list(value.items())[:SHOWN]
        ]
        return "{" + _listed(shown, len(value)) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        if depth > 1 and value:
            return f"[{len(value)} entries]"
        shown = [_short(entry, depth + 1) for entry in value[:SHOWN]]
        return "[" + _listed(shown, len(value)) + "]"
    text = repr(value)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _listed(shown: list[str], count: int) -> str:
    more = [f"… {count - len(shown)} more"] if count > len(shown) else []
    return ", ".join([*shown, *more])
