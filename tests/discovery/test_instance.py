"""Reading instances: every error is reported with its path, all at once."""

from __future__ import annotations

import math
from typing import Any

import pytest

from optkit.core.errors import InvalidFileError
from optkit.core.tools.instance_files import parse_instance
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.testing import degenerate_instances
from tests.discovery.cases import BY_HAND, Plain, instance, solution, spoilt

WRONG: dict[str, tuple[Plain, str, str]] = {
    "row too short": (
        spoilt("present.1", [True]),
        "present[1]",
        "has 1 entries, but nodes has 3",
    ),
    "window missing": (
        spoilt("energy_self", BY_HAND["energy_self"][:1]),
        "energy_self",
        "windows is 2",
    ),
    "third level ragged": (
        spoilt("connect_time.0.2", [None]),
        "connect_time[0][2]",
        "candidates has 2",
    ),
    "resources ragged": (
        spoilt("select_time.1", [[1.0, 1.0]]),
        "select_time[1]",
        "resources has 2",
    ),
    "node id twice": (spoilt("nodes.2", "a"), "nodes[2]", "already nodes[0]"),
    "candidate id twice": (spoilt("candidates.1", "p"), "candidates[1]", "unique"),
    "resource id twice": (spoilt("resources.1", "r0"), "resources[1]", "unique"),
    "null among energies": (
        spoilt("energy_agent.0.1", None),
        "energy_agent[0][1]",
        "null",
    ),
    "null among selection times": (
        spoilt("select_time.0.1.0", None),
        "select_time[0][1][0]",
        "null",
    ),
    "null for present": (spoilt("present.0.0", None), "present[0][0]", "boolean"),
    "present as a number": (spoilt("present.0.0", 1), "present[0][0]", "boolean"),
    "negative connection time": (
        spoilt("connect_time.0.0.0", -1.0),
        "connect_time[0][0][0]",
        "greater than or equal to 0",
    ),
    "negative energy": (spoilt("energy_self.1.0", -2), "energy_self[1][0]", "-2"),
    "infinite time": (
        spoilt("select_time.0.0.0", math.inf),
        "select_time[0][0][0]",
        "inf",
    ),
    "accuracy above one": (
        spoilt("accuracy_agent.0.0", 1.5),
        "accuracy_agent[0][0]",
        "less than or equal to 1",
    ),
    "accuracy below zero": (
        spoilt("accuracy_self.0.0", -0.5),
        "accuracy_self[0][0]",
        "-0.5",
    ),
    "mean of accuracies above one": (
        spoilt("required_accuracy.self", 1.2),
        "required_accuracy.self",
        "'sum'",
    ),
    "unknown resource": (
        spoilt("demand.0.1", "R0"),
        "demand[0][1]",
        "did you mean 'r0'?",
    ),
    "unknown reading": (spoilt("reading.qan_rule", "any"), "reading.qan_rule", "any"),
    "unknown key": (spoilt("reading.scope", "any"), "reading.scope", "unknown key"),
    "windows as text": (spoilt("windows", "2"), "windows", "'2'"),
    "negative windows": (spoilt("windows", -1), "windows", "-1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_every_error_has_its_path(name: str) -> None:
    """Every kind of error is reported with its path and a remedy."""
    document, path, words = WRONG[name]
    with pytest.raises(InvalidFileError) as caught:
        DiscoveryInstance.parse(document)
    messages = {issue.path: issue.message for issue in caught.value.issues}
    assert path in messages, messages
    assert words in messages[path]


def test_all_errors_come_at_once() -> None:
    """All errors of a file are reported at once."""
    document = spoilt("energy_agent.0.1", -1.0)
    document = spoilt("demand.0.0", "r7", document)
    document = spoilt("nodes.1", "a", document)
    document = spoilt("connect_time.1", [], document)
    with pytest.raises(InvalidFileError) as caught:
        DiscoveryInstance.parse(document)
    paths = {issue.path for issue in caught.value.issues}
    assert paths == {
        "energy_agent[0][1]",
        "demand[0][0]",
        "nodes[1]",
        "connect_time[1]",
    }


def test_connecting_is_forced_where_nothing_is_said() -> None:
    """Connecting is forced by default, and the default does not change the hash."""
    document = spoilt("name", "other")
    del document["reading"]["connection"]
    left_out = DiscoveryInstance.parse(document)
    assert left_out.reading.connection == "forced"
    assert left_out.sha256 == instance().sha256


def test_document_is_read_back_with_its_nulls() -> None:
    """Nulls inside arrays survive a round trip."""
    original = instance(physics={"period_s": 2.0, "recording": "walks"})
    again = DiscoveryInstance.parse(original.document())
    assert again == original
    assert again.sha256 == original.sha256
    assert again.document()["connect_time"][0][0] == [0.5, None]
    assert again.document()["required_accuracy"] == {"agent": 0.25, "self": 0.25}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("agent", [[2, 0, 1], [1, None, None]]),
        ("agent", [[True, 0, 1], [1, None, None]]),
    ],
)
def test_modes_are_zero_or_one(path: str, value: Any) -> None:
    """A mode is 0 or 1; 2 and true are refused."""
    with pytest.raises(ValueError, match="agent"):
        solution(**{path: value})


def test_empty_and_degenerate_instances_are_legal() -> None:
    """Instances with zero windows, nodes, candidates or resources are parsed."""
    hashes = {original.sha256 for _, original in degenerate_instances()}
    assert len(hashes) >= 20


def test_family_is_found_from_the_file() -> None:
    """The family is found from the schema of a file."""
    assert parse_instance(BY_HAND) == instance()
