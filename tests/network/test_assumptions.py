"""Rules for what a network does not say."""

from __future__ import annotations

import pytest

import optkit
from optkit.core.errors import UsageError
from optkit.network.assumptions import Need, Rule, fill, parse_rule

NETWORK = optkit.Network.from_edges(
    [("a", "b", 10.0), ("b", "c"), ("c", "a")], {"a": {"ghz": 2.0}, "b": {}, "c": {}}
)
NEEDS = [Need("ghz", Rule(1.0, 10.0), "ghz-low"), Need("gbps", Rule(5.0, 5.0))]


def filled(*assume: str, strict: bool = False, seed: int = 0):  # type: ignore[no-untyped-def]
    """Return the values of the example."""
    return fill(NETWORK, NETWORK.nodes, NETWORK.links, NEEDS, assume, strict, seed)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("gbps=10", ("gbps", Rule(10.0, 10.0))),
        ("ghz=uniform:1:10", ("ghz", Rule(1.0, 10.0))),
        (" latency_s = 0 ", ("latency_s", Rule(0.0, 0.0))),
    ],
)
def test_rules(text: str, rule: tuple[str, Rule]) -> None:
    """A rule is a value or two bounds."""
    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gbps", "is no rule"),
        ("gbps=", "is no rule"),
        ("gbps=ten", "NUMBER or gbps=uniform:LOW:HIGH"),
        ("gbps=normal:1:2", "is no rule"),
        ("gbps=uniform:1", "is no rule"),
        ("gbps=uniform:10:1", "the lower one first"),
        ("gbps=0", "between 1e-15"),
        ("speed=3", "unknown attribute 'speed'"),
    ],
)
def test_what_is_no_rule(text: str, said: str) -> None:
    """Anything else is refused, with what a rule looks like."""
    with pytest.raises(ValueError, match=said):
        parse_rule(text)


def test_only_gaps_are_filled_and_this_is_said() -> None:
    """Known values stay; sentences count what was filled, with what."""
    result = filled("gbps=3")
    assert result.values["gbps"] == [10.0, 3.0, 3.0]
    assert result.values["ghz"][0] == 2.0
    assert all(1.0 <= value <= 10.0 for value in result.values["ghz"])
    assert result.sentences == (
        "The computing power of 2 of 3 nodes is not known: drawn uniformly from 1 to 10"
        " GHz.",
        "The rate of 2 of 3 links is not known: set to 3 Gbit/s.",
    )
    assert filled(seed=1).values["ghz"] != filled(seed=2).values["ghz"]


def test_strict_refuses_every_default_at_once() -> None:
    """Rules of the user remain; defaults are refused, all in one error."""
    with pytest.raises(UsageError) as caught:
        filled(strict=True)
    assert "ghz of 2 of 3 nodes is not known (b, c)" in str(caught.value)
    assert "gbps of 2 of 3 links is not known (b to c, c to a)" in str(caught.value)
    assert filled("ghz=1", "gbps=2", strict=True).values["ghz"] == [2.0, 1.0, 1.0]


def test_rules_without_effect_are_said() -> None:
    """A rule for what the family does not need is an error; for what is known, a note."""
    with pytest.raises(UsageError, match="needs no latency_s; it needs ghz, gbps"):
        filled("latency_s=1")
    known = optkit.Network.from_edges([("a", "b", 1.0)])
    result = fill(known, known.nodes, known.links, NEEDS[1:], ["gbps=2"], False, 0)
    assert "the rule for gbps has no effect" in result.sentences[0]
