"""Base classes of what families define: instances, and solutions of them."""

from __future__ import annotations

from collections.abc import Mapping
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

    SIZES: ClassVar[Mapping[str, str]] = {}
    """What its size is told by: a word for the reader, and the attribute that holds it, a
    number or something with a length (``"jobs.slot"``). Empty: all that has a length."""

    UNHASHED: ClassVar[frozenset[str]] = frozenset({"name", "provenance"})

    name: Identifier
    provenance: Text = ""


class Solution(Part):
    """A family's answer, as it stands under ``solution`` in a solution file."""
