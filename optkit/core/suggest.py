"""Nearest right names, for messages about misspelt ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like ``name``, or None."""
    wanted = _plain(name)
    by_plain: dict[str, str] = {}
    for candidate in known:
        by_plain.setdefault(_plain(candidate), candidate)
    begun = [
        plain for plain in by_plain if len(wanted) > 1 and plain.startswith(wanted)
    ]
    matches = begun[:1] or difflib.get_close_matches(wanted, by_plain, n=1, cutoff=0.55)
    return by_plain[matches[0]] if matches else None


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Return the message for a name that is not known.

    Parameters
    ----------
    kind
        What the name stands for, as the user calls it: ``"solver"``.
    name
        The name as given.
    known
        Every name that would have been right.
    """
    names = sorted(known)
    guess = nearest(name, names) if isinstance(name, str) else None
    hint = f" Did you mean {guess!r}?" if guess else ""
    listing = ", ".join(names) if names else "none"
    return f"unknown {kind} {name!r}.{hint} Known: {listing}."
