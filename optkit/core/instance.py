"""Base classes of instances, solutions and other named files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypeVar

from optkit.core.files.document import Document, Part
from optkit.core.files.fields import Identifier, Text

T = TypeVar("T")


class NamedDocument(Document):
    """A document that has a name for people: an instance, or what one is made from.

    Parameters
    ----------
    name
        Its name for people.
    provenance
        Where it comes from, its licence, and how it was made.
    """

    SIZES: ClassVar[Mapping[str, str]] = {}
    """The sizes to show: a label, and the attribute that is a number or has a length
    (``"jobs.slot"``). Empty: every attribute that has a length."""

    UNHASHED: ClassVar[frozenset[str]] = frozenset({"name", "provenance"})

    name: Identifier
    provenance: Text = ""

    def derived(self, make: Callable[[Self], T]) -> T:
        """Return ``make(self)``, computed once per document and ``make``.

        Documents are immutable, so values computed from one can be kept with it. Copies
        and pickles of the document leave them out.
        """
        cache: dict[Callable[[Self], Any], Any] = vars(self).setdefault("_derived", {})
        if make not in cache:
            cache[make] = make(self)
        value: T = cache[make]
        return value


class Instance(NamedDocument):
    """A problem to solve, of one family."""


class Solution(Part):
    """A family's answer: the content of ``solution`` in a solution file."""

    @classmethod
    def read_quickly(cls, data: Mapping[str, Any]) -> Solution | None:
        """Return the solution that raw data describes, found valid by whole columns.

        None only says that validation has to take a closer look.
        """
        return None

    def document(self) -> dict[str, Any]:
        """Return the JSON-ready mapping that stands in a solution file."""
        return self.model_dump(mode="json", by_alias=True)
