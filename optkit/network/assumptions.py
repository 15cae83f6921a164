"""Rules by which an instance fills what a network does not say: ``ghz=uniform:1:10``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optkit.core.errors import UsageError
from optkit.core.files.fields import LARGEST, SMALLEST
from optkit.core.files.numbers import parse_decimal
from optkit.core.suggest import unknown
from optkit.network.draws import edge_values, node_values
from optkit.network.network import Link, Network, Node


@dataclass(frozen=True)
class Attribute:
    """An attribute that may be filled: whose it is, its unit, and its least value."""

    owner: str
    words: str
    unit: str
    least: float


ATTRIBUTES: Mapping[str, Attribute] = {
    "ghz": Attribute("nodes", "computing power", "GHz", SMALLEST),
    "capacitance": Attribute("nodes", "capacitance", "J/(Gcycle GHz²)", 0.0),
    "tx_watt": Attribute("nodes", "sending power", "W", 0.0),
    "gbps": Attribute("links", "rate", "Gbit/s", SMALLEST),
    "latency_s": Attribute("links", "latency", "s", 0.0),
}
"""What ``--assume`` can fill."""

_SHOWN = 5


@dataclass(frozen=True)
class Rule:
    """A value, or two bounds between which values are drawn."""

    low: float
    high: float

    def __str__(self) -> str:
        if self.low == self.high:
            return f"set to {self.low:g}"
        return f"drawn uniformly from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Need:
    """An attribute that instances of a family need.

    Parameters
    ----------
    attribute
        Its name in a network file.
    default
        The family's documented default.
    option
        The option of the generator that the default comes from; empty if there is none.
    explicit
        Whether the user has given that option, so that it is no silent default.
    """

    attribute: str
    default: Rule
    option: str = ""
    explicit: bool = False


@dataclass(frozen=True)
class Filled:
    """A network's values without gaps.

    Parameters
    ----------
    values
        By attribute: a value per node or per link, in the order of the network.
    sentences
        What was filled, with what.
    """

    values: Mapping[str, Sequence[float]]
    sentences: tuple[str, ...]


def parse_rule(text: str) -> tuple[str, Rule]:
    """Return the attribute and the rule of ``ghz=uniform:1:10`` or ``gbps=10``.

    Raises
    ------
    ValueError
        If it is not such a rule; the message says what one looks like.
    """
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals:
        raise ValueError(
            f"{text!r} is no rule; write gbps=10, or ghz=uniform:1:10 to draw values"
        )
    if name not in ATTRIBUTES:
        raise ValueError(unknown("attribute", name, ATTRIBUTES))
    attribute = ATTRIBUTES[name]
    kind, *words = value.strip().split(":")
    if kind != "uniform":
        words = [kind, kind] if not words else []
    numbers = [n for word in words if (n := parse_decimal(word.strip())) is not None]
    if len(words) != 2 or len(numbers) != 2:
        raise ValueError(
            f"{text!r} is no rule; write {name}=NUMBER or {name}=uniform:LOW:HIGH"
        )
    low, high = numbers
    if not attribute.least <= low <= high <= LARGEST:
        raise ValueError(
            f"{text!r}: values of {attribute.unit} are between {attribute.least:g} and"
            f" {LARGEST:g}, the lower one first"
        )
    return name, Rule(low, high)


def fill(
    network: Network,
    nodes: Sequence[Node],
    links: Sequence[Link],
    needs: Sequence[Need],
    assume: Sequence[str],
    strict: bool,
    seed: int,
) -> Filled:
    """Return the values that a family needs, those that are unknown filled by rules.

    Parameters
    ----------
    network
        The network.
    nodes, links
        Its nodes and links that are used.
    needs
        What the family needs.
    assume
        Rules of the user, such as ``"ghz=uniform:1:10"``.
    strict
        Whether defaults are refused.
    seed
        Main seed of what is drawn.

    Raises
    ------
    UsageError
        If a rule is about nothing that is needed, or ``strict`` and something would be
        filled by a default; with everything that is wrong.
    """
    rules = dict(map(parse_rule, assume))
    problems = [
        f"assume {name}: this family needs no {name}; it needs"
        f" {', '.join(need.attribute for need in needs)}."
        for name in rules
        if name not in {need.attribute for need in needs}
    ]
    values: dict[str, Sequence[float]] = {}
    sentences = []
    for need in needs:
        name, attribute = need.attribute, ATTRIBUTES[need.attribute]
        owners = nodes if attribute.owner == "nodes" else links
        known = [getattr(owner, name) for owner in owners]
        missing = [k for k, value in enumerate(known) if value is None]
        rule = rules.get(name, need.default)
        if missing and strict and name not in rules and not need.explicit:
            problems.append(_refusal(need, attribute, owners, missing))
        if missing:
            sentences.append(
                f"The {attribute.words} of {len(missing)} of {len(owners)}"
                f" {attribute.owner} is not known: {rule} {attribute.unit}."
            )
        elif name in rules:
            sentences.append(
                f"The {attribute.words} of every one of the {attribute.owner} is known:"
                f" the rule for {name} has no effect."
            )
        values[name] = _values(owners, known, name, rule, seed)
    if problems:
        raise UsageError("\n".join(f"network {network.name}: {p}" for p in problems))
    return Filled(values, tuple(sentences))


def _refusal(
    need: Need,
    attribute: Attribute,
    owners: Sequence[Node] | Sequence[Link],
    missing: Sequence[int],
) -> str:
    names = [_name(owners[k]) for k in missing[:_SHOWN]]
    if len(missing) > _SHOWN:
        names.append("…")
    option = f" or --{need.option}" if need.option else ""
    name = need.attribute
    return (
        f"{name} of {len(missing)} of {len(owners)} {attribute.owner} is not known"
        f" ({', '.join(names)}), and strict refuses a default: add it to the file, or"
        f" give --assume {name}=VALUE{option}."
    )


def _name(owner: Node | Link) -> str:
    if isinstance(owner, Node):
        return owner.id
    return f"{owner.source} to {owner.target}"


def _values(
    owners: Sequence[Node] | Sequence[Link],
    known: Sequence[float | None],
    name: str,
    rule: Rule,
    seed: int,
) -> list[float]:
    if rule.low == rule.high or None not in known:
        return [rule.low if value is None else value for value in known]
    nodes = [owner for owner in owners if isinstance(owner, Node)]
    if nodes:
        drawn = node_values([n.id for n in nodes], name, rule.low, rule.high, seed)
        return [
            drawn[node.id] if value is None else value
            for node, value in zip(nodes, known, strict=True)
        ]
    edges = [
        (link.source, link.target, value)
        for link, value in zip(owners, known, strict=True)
        if isinstance(link, Link)
    ]
    return edge_values(edges, name, rule.low, rule.high, seed)
