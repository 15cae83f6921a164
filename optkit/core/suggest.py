"""Nearest right names, for messages about misspelt ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like ``name``, or None."""
    matches = difflib.get_close_matches(
        name.lower().replace("_", "-"), list(known), n=1, cutoff=0.55
    )
    return matches[0] if matches else None


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
    guess = nearest(name, names)
    hint = f" Did you mean {guess!r}?" if guess else ""
    listing = ", ".join(names) if names else "none"
    return f"unknown {kind} {name!r}.{hint} Known: {listing}."
