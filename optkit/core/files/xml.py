"""XML read safely, with the line of every element."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from optkit.core.errors import InvalidFileError, Issue

MAX_DEPTH = 100
"""Deepest nesting of elements that is read."""

MAX_ELEMENTS = 3_000_000
"""Most elements that are read: they take far more memory than the file."""


@dataclass(slots=True)
class Element:
    """One element.

    Parameters
    ----------
    namespace, tag
        Its namespace (empty where it has none) and its local name.
    attributes
        Its attributes that have no namespace.
    line
        Where it starts, counted from 1.
    """

    namespace: str
    tag: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Text directly inside the element, stripped."""
        return "".join(self.pieces).strip()

    def all(self, tag: str) -> list[Element]:
        """Return the children with the local name ``tag``."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> Element | None:
        """Return the first child with the local name ``tag``, or None."""
        return next((child for child in self.children if child.tag == tag), None)

    def inside(self, tag: str) -> Element | None:
        """Return the first element with the local name ``tag`` at any depth, or None."""
        for child in self.children:
            if found := child if child.tag == tag else child.inside(tag):
                return found
        return None

    def text_at(self, *path: str) -> str | None:
        """Return the text of the first element at ``path``; None where it is absent."""
        element: Element | None = self
        for tag in path:
            element = element.first(tag) if element else None
        return element.text if element else None


def parse_xml(data: bytes, source: str) -> Element:
    """Parse an XML file and return its root.

    No external file or address is ever read. A file that declares entities is refused:
    no network needs them, and a few lines of them can expand to gigabytes.

    Raises
    ------
    InvalidFileError
        If the file is not well-formed, declares entities, is nested too deeply or has
        too many elements.
    """
    builder = _Builder(source)
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise InvalidFileError(
            source, [Issue(f"line {error.lineno}", f"not well-formed XML: {reason}")]
        ) from None
    except (ValueError, LookupError) as error:
        if isinstance(error, InvalidFileError):
            raise
        raise InvalidFileError(source, [f"unreadable encoding: {error}"]) from None
    return builder.roots[0]


class _Builder:
    def __init__(self, source: str) -> None:
        self.source = source
        self.roots: list[Element] = []
        self.open: list[Element] = []
        self.count = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.EntityDeclHandler = self.entity

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= MAX_DEPTH:
            self.refuse(f"nested too deeply; at most {MAX_DEPTH} levels are read")
        if self.count > MAX_ELEMENTS:
            self.refuse(f"too many elements; at most {MAX_ELEMENTS} are read")
        namespace, _, tag = name.rpartition(" ")
        plain = {key: value for key, value in attributes.items() if " " not in key}
        element = Element(namespace, tag, plain, self.parser.CurrentLineNumber)
        (self.open[-1].children if self.open else self.roots).append(element)
        self.open.append(element)

    def end(self, _name: str) -> None:
        self.open.pop()

    def text(self, text: str) -> None:
        if self.open and not text.isspace():
            self.open[-1].pieces.append(text)

    def entity(self, name: str, *_: object) -> None:
        self.refuse(f"the DOCTYPE declares the entity {name!r}; remove the DOCTYPE")

    def refuse(self, message: str) -> None:
        line = self.parser.CurrentLineNumber
        raise InvalidFileError(self.source, [Issue(f"line {line}", message)])
