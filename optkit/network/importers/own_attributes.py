"""Attributes of a network's own: which are read, as what, and what nobody reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from optkit.core.errors import InvalidFileError, Issue, UsageError
from optkit.core.files.fields import LARGEST, SMALLEST
from optkit.core.files.numbers import parse_decimal
from optkit.core.suggest import nearest
from optkit.network.importers.graph import (
    MAX_ISSUES,
    FileEdge,
    FileGraph,
    FileNode,
)
from optkit.network.importers.identifiers import clean_text
from optkit.network.importers.imported import ImportedNode
from optkit.network.importers.options import AttributeOptions, NetworkOptions
from optkit.network.importers.speeds import NOT_STATED, Speed

ROLES = ("server", "access-point", "router", "device", "cloud")

_READ = {
    "node": {"id", "label"},
    "edge": {
        "source",
        "target",
        "id",
        "key",
        "directed",
        "LinkSpeed",
        "LinkSpeedRaw",
        "LinkSpeedUnits",
    },
}
"""Attributes that are read without being asked for, or say nothing."""

_SHOWN = 8

_BETWEEN = re.compile(r"[\s,;|]+")

_PAIRS = (("longitude", "latitude"), ("lon", "lat"), ("lng", "lat"), ("x", "y"))
"""Names of the two attributes of a position; the last pair may be anything."""

Coordinates = Literal["geographic", "plane"]


@dataclass(frozen=True)
class _Quantity:
    """An attribute to read as a number of a unit, at least ``least``."""

    name: str
    unit: str
    least: float = 0.0


class OwnAttributes:
    """The attributes of a graph that are read, and those that nobody reads.

    Parameters
    ----------
    graph
        The graph.
    options
        ``rate_attribute``, ``ghz_attribute``, and ``latency_attribute`` if they have it.
    source
        The file, for messages.
    own_names
        Whether attributes are read that have the names of a network file (``gbps``,
        ``ghz``), without being named.
    issues
        What else is wrong with the graph, to be reported in the same error.
    """

    def __init__(
        self,
        graph: FileGraph,
        options: AttributeOptions,
        source: str,
        own_names: bool = False,
        issues: Sequence[Issue] = (),
    ) -> None:
        self.graph = graph
        self.source = source
        self.own_names = own_names
        self.unit = options.rate_unit_gbps
        latency = None
        if isinstance(options, NetworkOptions):
            latency = options.latency_attribute
        nodes, edges = graph.nodes, graph.edges
        self._issues: list[Issue] = [*issues]
        self._wrong_options: list[str] = []
        self.rate = self._named(edges, options.rate_attribute, "rate", "gbps")
        self.power = self._named(nodes, options.ghz_attribute, "ghz", "ghz")
        self.latency = self._named(edges, latency, "latency", "latency_s")
        self.used: set[str] = set()

    def speeds(self) -> list[Speed]:
        """Return the rate of every edge; empty if no attribute holds it.

        Raises
        ------
        InvalidFileError
            With every value that is no rate.
        """
        speeds = self._speeds()
        self._finish()
        return speeds

    def ghz(self) -> dict[str, float]:
        """Return the computing power of the nodes that state it, GHz, by key.

        Raises
        ------
        InvalidFileError
            With every value that is no computing power.
        """
        powers = self._ghz()
        self._finish()
        return {
            node.key: value
            for node, value in zip(self.graph.nodes, powers, strict=True)
            if value is not None
        }

    def network(
        self,
    ) -> tuple[list[Speed], list[float | None], list[ImportedNode], Coordinates | None]:
        """Return rates, latencies, nodes, and what their positions are.

        Rates are empty if no attribute holds them.

        Raises
        ------
        UsageError
            If an attribute that is named is nowhere in the file; with all else.
        InvalidFileError
            With every value of any attribute that is not allowed.
        """
        nodes = self.graph.nodes
        speeds, powers = self._speeds(), self._ghz()
        latencies: list[float | None] = [None] * len(self.graph.edges)
        if self.latency is not None:
            latencies = self._edges(_Quantity(self.latency, "s"))
        capacitances = self._own("capacitance", "J/(Gcycle GHz²)")
        watts = self._own("tx_watt", "W")
        traffic = self._own("traffic", "traffic")
        roles = self._roles()
        positions, coordinates = self._positions()
        self._finish()
        made = [
            ImportedNode(
                key=node.key,
                label=node.attributes.get("label", ""),
                ghz=powers[k],
                position=positions[k],
                roles=roles[k],
                capacitance=capacitances[k],
                tx_watt=watts[k],
                traffic=traffic[k],
            )
            for k, node in enumerate(nodes)
        ]
        return speeds, latencies, made, coordinates

    def unused(self) -> tuple[str, ...]:
        """Return a sentence on every attribute with values that nobody reads."""
        return (
            *self._unused("edge", self.graph.edges, self.rate, "--rate-attribute"),
            *self._unused("node", self.graph.nodes, self.power, "--ghz-attribute"),
        )

    def _named(
        self,
        owners: Sequence[FileNode | FileEdge],
        name: str | None,
        option: str,
        own_name: str,
    ) -> str | None:
        """Return the attribute to read: the one that is named, or the file's own."""
        if name is None:
            there = self.own_names and any(own_name in o.attributes for o in owners)
            return own_name if there else None
        if not any(owner.attributes.get(name, "").strip() for owner in owners):
            names = sorted({key for owner in owners for key in owner.attributes})
            guess = nearest(name, names)
            hint = f" Did you mean {guess!r}?" if guess else ""
            listing = ", ".join(clean_text(n, 60) for n in names[:20]) or "none"
            self._wrong_options.append(
                f"option {option}_attribute: nothing in {self.source} has"
                f" {name!r}.{hint} There are: {listing}."
            )
            return None
        return name

    def _speeds(self) -> list[Speed]:
        if self.rate is None:
            return []
        values = self._edges(_Quantity(self.rate, "Gbit/s", SMALLEST))
        return [NOT_STATED if v is None else Speed(v * self.unit) for v in values]

    def _ghz(self) -> list[float | None]:
        if self.power is None:
            return [None] * len(self.graph.nodes)
        return self._nodes(_Quantity(self.power, "GHz", SMALLEST))

    def _own(self, name: str, unit: str) -> list[float | None]:
        """Return an attribute of nodes that is read under its own name only."""
        if not self.own_names:
            return [None] * len(self.graph.nodes)
        return self._nodes(_Quantity(name, unit))

    def _nodes(self, quantity: _Quantity) -> list[float | None]:
        self.used.add(quantity.name)
        return self._values(self.graph.nodes, self.graph.node_place, quantity)

    def _edges(self, quantity: _Quantity) -> list[float | None]:
        self.used.add(quantity.name)
        return self._values(self.graph.edges, self.graph.edge_place, quantity)

    def _values(
        self, owners: Sequence[FileNode | FileEdge], place: str, quantity: _Quantity
    ) -> list[float | None]:
        """Return an attribute as numbers; None where it is not given."""
        name, least = quantity.name, quantity.least
        texts = [owner.attributes.get(name, "").strip() for owner in owners]
        values = [parse_decimal(text) for text in texts]
        self._issues += [
            Issue(
                f"{place} {owner.line}",
                f"{clean_text(name, 60)} {clean_text(text, 60)!r} is no number of"
                f" {quantity.unit} between {least:g} and {LARGEST:g}: correct it",
            )
            for owner, text, value in zip(owners, texts, values, strict=True)
            if text and (value is None or not least <= value <= LARGEST)
        ]
        return values

    def _roles(self) -> list[tuple[str, ...] | None]:
        if not self.own_names:
            return [None] * len(self.graph.nodes)
        self.used.add("roles")
        every: list[tuple[str, ...] | None] = []
        for node in self.graph.nodes:
            text = node.attributes.get("roles", "").strip()
            roles = tuple(dict.fromkeys(filter(None, _BETWEEN.split(text))))
            every.append(roles or None)
            for role in roles:
                if role not in ROLES:
                    self._issues.append(
                        Issue(
                            f"{self.graph.node_place} {node.line}",
                            f"role {clean_text(role, 60)!r} is unknown; roles are"
                            f" {', '.join(ROLES)}",
                        )
                    )
        return every

    def _positions(
        self,
    ) -> tuple[list[tuple[float, float] | None], Coordinates | None]:
        """Return the positions of nodes, and what they are."""
        nodes = self.graph.nodes
        if not self.own_names:
            return [None] * len(nodes), None
        spelt = {k.lower(): k for node in nodes for k in node.attributes}
        stated = self.graph.attributes.get("coordinates", "")
        coordinates: Coordinates | None = None
        if stated in ("geographic", "plane"):
            coordinates = "geographic" if stated == "geographic" else "plane"
        if "position" in spelt:
            texts = [node.attributes.get(spelt["position"], "") for node in nodes]
            self.used.add(spelt["position"])
            return [self._pair(*p) for p in zip(nodes, texts, strict=True)], coordinates
        for first, second in _PAIRS:
            if first in spelt and second in spelt:
                names = spelt[first], spelt[second]
                x, y = (self._signed(name) for name in names)
                if first != "x":
                    coordinates = "geographic"
                pairs = zip(x, y, strict=True)
                return [_both(*pair) for pair in pairs], coordinates
        return [None] * len(nodes), coordinates

    def _signed(self, name: str) -> list[float | None]:
        return self._nodes(_Quantity(name, "degrees or km", -LARGEST))

    def _pair(self, node: FileNode, text: str) -> tuple[float, float] | None:
        words = [word for word in _BETWEEN.split(text.strip("()[] ")) if word]
        numbers = [n for word in words if (n := parse_decimal(word)) is not None]
        if not words:
            return None
        if len(numbers) != 2 or len(words) != 2:
            self._issues.append(
                Issue(
                    f"{self.graph.node_place} {node.line}",
                    f"position {clean_text(text, 60)!r} is not two numbers; give"
                    " longitude and latitude, or x and y",
                )
            )
            return None
        return numbers[0], numbers[1]

    def _finish(self) -> None:
        if self._wrong_options:
            issues = [
                str(issue) if ", line" in issue.path else f"{self.source}: {issue}"
                for issue in self._issues[:MAX_ISSUES]
            ]
            raise UsageError("\n".join([*self._wrong_options, *issues]))
        if self._issues:
            raise InvalidFileError(self.source, self._issues[:MAX_ISSUES])

    def _unused(
        self,
        kind: str,
        owners: Sequence[FileNode | FileEdge],
        named: str | None,
        option: str,
    ) -> Iterable[str]:
        count = Counter(self._unread(kind, owners))
        words = {
            name
            for owner in owners
            for name, value in owner.attributes.items()
            if value.strip() and parse_decimal(value.strip()) is None
        }
        for name, number in count.most_common(_SHOWN):
            shown = clean_text(name, 60)
            numbers = named is None and name not in words
            remedy = f": {option} {shown} reads it" if numbers else ""
            yield (
                f"{kind.capitalize()} attribute {shown!r} on {number} of {len(owners)}"
                f" {kind}s is not used{remedy}."
            )
        if len(count) > _SHOWN:
            yield f"{len(count) - _SHOWN} more {kind} attributes are not used."

    def _unread(
        self, kind: str, owners: Sequence[FileNode | FileEdge]
    ) -> Iterator[str]:
        read = _READ[kind] | self.used
        for owner in owners:
            for name, value in owner.attributes.items():
                if value.strip() and name not in read:
                    yield name


def _both(x: float | None, y: float | None) -> tuple[float, float] | None:
    return None if x is None or y is None else (x, y)
