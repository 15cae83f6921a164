"""Base classes of instances, solutions and other named files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, ClassVar, Self, TypeVar

from optkit.core.display.abbreviated import abbreviated
from optkit.core.files.document import Document, Part
from optkit.core.files.fields import Identifier, Text
from optkit.core.files.replaced import replaced

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

    def sizes(self) -> dict[str, int]:
        """Return the document's sizes by name, such as the number of servers."""
        if self.SIZES:
            parts = {name: attrgetter(at)(self) for name, at in self.SIZES.items()}
            return {
                name: part if isinstance(part, int) else len(part)
                for name, part in parts.items()
            }
        return {
            name: self.length(name)
            for name in type(self).model_fields
            if name in self.LONG_ARRAYS
            or isinstance(getattr(self, name), tuple | list | dict)
        }

    def __repr__(self) -> str:
        sizes = "".join(f", {count} {name}" for name, count in self.sizes().items())
        return f"<{type(self).__name__} {self.name!r}{sizes}>"

    __str__ = __repr__

    def replace(self, **values: Any) -> Self:
        """Return a copy with other values, validated as a file would be.

        Parameters
        ----------
        **values
            New values by key. A key inside a part is named with the part's name before
            it: ``task_size_gbit`` is ``size_gbit`` of ``task``. The provenance says what
            was changed, unless it is given as well.

        Raises
        ------
        UsageError
            If there is no such key.
        InvalidFileError
            With everything that is wrong with the new values.

        Examples
        --------
        >>> import optkit
        >>> network = optkit.generate("allocation", servers=5, seed=1)
        >>> network.replace(task_size_gbit=20).task.size_gbit
        20.0
        """
        return replaced(self, values)


class Instance(NamedDocument):
    """A problem to solve, of one family."""


class Solution(Part):
    """A family's answer: the content of ``solution`` in a solution file."""

    def __repr__(self) -> str:
        """Return what it holds; of long parts, the beginning and the number of entries."""
        return abbreviated(type(self).__name__, dict(self))

    __str__ = __repr__

    @classmethod
    def read_quickly(cls, data: Mapping[str, Any]) -> Solution | None:
        """Return the solution that raw data describes, found valid by whole columns.

        None only says that validation has to take a closer look.
        """
        return None

    def document(self) -> dict[str, Any]:
        """Return the JSON-ready mapping that stands in a solution file."""
        return self.model_dump(mode="json", by_alias=True)
