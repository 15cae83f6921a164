"""Rates and computing power in attributes of a network's own, and what nobody reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from optkit.allocation.data.importers.graph import (
    MAX_ISSUES,
    FileEdge,
    FileGraph,
    FileNode,
)
from optkit.allocation.data.importers.identifiers import clean_text
from optkit.allocation.data.importers.options import Options
from optkit.allocation.data.importers.speeds import NOT_STATED, Speed
from optkit.core.errors import InvalidFileError, Issue, UsageError
from optkit.core.files.fields import LARGEST, SMALLEST
from optkit.core.files.numbers import parse_decimal
from optkit.core.suggest import nearest

_READ = {
    "node": {"id", "label"},
    "edge": {
        "source",
        "target",
        "id",
        "key",
        "LinkSpeed",
        "LinkSpeedRaw",
        "LinkSpeedUnits",
    },
}
"""Attributes that are read without being asked for, or say nothing."""

_SHOWN = 8


class OwnAttributes:
    """The attributes of a graph that options name, and those that nobody reads.

    Parameters
    ----------
    graph
        The graph.
    options
        ``rate_attribute`` and ``ghz_attribute``.
    source
        The file, for messages.
    """

    def __init__(self, graph: FileGraph, options: Options, source: str) -> None:
        self.graph = graph
        self.rate = options.rate_attribute
        self.power = options.ghz_attribute
        self.source = source

    def speeds(self) -> list[Speed]:
        """Return the rate of every edge; empty if no attribute is named.

        Raises
        ------
        UsageError
            If no edge has the attribute.
        InvalidFileError
            With every value that is no rate.
        """
        if self.rate is None:
            return []
        values = self._values(self.graph.edges, self.rate, "rate_attribute", "Gbit/s")
        return [NOT_STATED if v is None else Speed(v) for v in values]

    def ghz(self) -> dict[str, float]:
        """Return the computing power of the nodes that state it, GHz, by key."""
        if self.power is None:
            return {}
        values = self._values(self.graph.nodes, self.power, "ghz_attribute", "GHz")
        pairs = zip(self.graph.nodes, values, strict=True)
        return {node.key: value for node, value in pairs if value is not None}

    def unused(self) -> tuple[str, ...]:
        """Return a sentence on every attribute with values that nobody reads."""
        return (
            *self._unused("edge", self.graph.edges, self.rate, "--rate-attribute"),
            *self._unused("node", self.graph.nodes, self.power, "--ghz-attribute"),
        )

    def _unused(
        self,
        kind: str,
        owners: Sequence[FileNode | FileEdge],
        named: str | None,
        option: str,
    ) -> Iterable[str]:
        count = Counter(
            name
            for owner in owners
            for name, value in owner.attributes.items()
            if value.strip() and name not in _READ[kind] and name != named
        )
        for name, number in count.most_common(_SHOWN):
            shown = clean_text(name, 60)
            remedy = f": {option} {shown} reads it" if named is None else ""
            yield (
                f"{kind.capitalize()} attribute {shown!r} on {number} of {len(owners)}"
                f" {kind}s is not used{remedy}."
            )
        if len(count) > _SHOWN:
            yield f"{len(count) - _SHOWN} more {kind} attributes are not used."

    def _values(
        self,
        owners: Sequence[FileNode | FileEdge],
        name: str,
        option: str,
        unit: str,
    ) -> list[float | None]:
        """Return an attribute as numbers; None where it is not given."""
        texts = [owner.attributes.get(name, "").strip() for owner in owners]
        if not any(texts):
            there = {key for owner in owners for key in owner.attributes}
            guess = nearest(name, there)
            hint = f" Did you mean {guess!r}?" if guess else ""
            raise UsageError(
                f"option {option}: nothing in {self.source} has {name!r}.{hint}"
            )
        values = [parse_decimal(text) for text in texts]
        issues = [
            Issue(
                f"line {owner.line}",
                f"{clean_text(name, 60)} {clean_text(text, 60)!r} is no number of {unit}"
                f" between {SMALLEST:g} and {LARGEST:g}: correct it",
            )
            for owner, text, value in zip(owners, texts, values, strict=True)
            if text and (value is None or not SMALLEST <= value <= LARGEST)
        ]
        if issues:
            raise InvalidFileError(self.source, issues[:MAX_ISSUES])
        return values
