"""Base classes of what families define: instances, and solutions of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypeVar

from optkit.core.files.document import Document, Identifier, Part, Text

T = TypeVar("T")


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

    def derived(self, make: Callable[[Self], T]) -> T:
        """Return ``make(self)``, computed once per instance and ``make``.

        Instances are immutable, so what follows from one may be kept beside it. Copies
        and pickles of the instance leave it out.
        """
        kept: dict[Callable[[Self], Any], Any] = vars(self).setdefault("_derived", {})
        if make not in kept:
            kept[make] = make(self)
        value: T = kept[make]
        return value


class Solution(Part):
    """A family's answer, as it stands under ``solution`` in a solution file."""
