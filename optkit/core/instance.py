"""Base classes of what families define: instances, and solutions of them."""

from __future__ import annotations

from typing import ClassVar

from optkit.core.files.document import Document, Identifier, Part, Text


class Instance(Document):
    """A problem to solve, of one family.

    Parameters
    ----------
    name
        What people call it.
    provenance
        Where it comes from, under which licence, and how it was made.
    """

    UNHASHED: ClassVar[frozenset[str]] = frozenset({"name", "provenance"})

    name: Identifier
    provenance: Text = ""


class Solution(Part):
    """A family's answer, as it stands under ``solution`` in a solution file."""
