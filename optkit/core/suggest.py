"""Suggests the nearest right name for a misspelt one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like ``name``, or None."""
    wanted = _plain(name)
    by_plain: dict[str, str] = {}
    for candidate in known:
        by_plain.setdefault(_plain(candidate), candidate)
    longer = [
        plain for plain in by_plain if len(wanted) > 1 and plain.startswith(wanted)
    ]
    matches = longer[:1] or difflib.get_close_matches(
        wanted, by_plain, n=1, cutoff=0.55
    )
    return by_plain[matches[0]] if matches else None


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Return the message for an unknown name.

    Parameters
    ----------
    kind
        What it should be the name of, in the user's words: ``"solver"``.
    name
        The name.
    known
        Every right name.
    """
    names = sorted(known)
    guess = nearest(name, names) if isinstance(name, str) else None
    hint = f" Did you mean {guess!r}?" if guess else ""
    listing = ", ".join(names) if names else "none"
    return f"unknown {kind} {name!r}.{hint} Known: {listing}."
