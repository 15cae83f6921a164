"""Checks between the parts of raw documents report paths and remedies."""

from __future__ import annotations

from typing import Any

import pytest

from optkit.core.files.references import (
    MOST_HINTS,
    axis,
    dangling_references,
    faulty_links,
    ids,
    repeated_ids,
    wrong_lengths,
)


def texts(issues: Any) -> list[str]:
    """Return the issues as the user sees them."""
    return [str(issue) for issue in issues]


def test_repeated_ids_name_the_first() -> None:
    """Ids repeat in lists of names and in lists of objects; malformed entries do not."""
    assert texts(repeated_ids("aps", ["a", "b", 3, "a", None])) == [
        "aps[3]: 'a' is already aps[0]; ids are unique"
    ]
    servers = [{"id": "s"}, {}, {"id": 1}, {"id": "s"}, {"id": "s"}]
    assert texts(repeated_ids("servers", servers)) == [
        f"servers[{k}].id: 's' is already the id of servers[0]; ids are unique"
        for k in (3, 4)
    ]


def test_dangling_references_are_shown_with_the_nearest_id() -> None:
    """The first few get a suggestion, since looking for it takes time."""
    wrong = [(f"links[{k}].source", "alpah") for k in range(MOST_HINTS + 1)]
    references = [("master", "alpha"), ("other", 3), *wrong]
    found = texts(dangling_references(references, ids(["alpha", "beta"]), "a server"))
    hinted = "'alpah' is not the id of a server; did you mean 'alpha'?"
    assert found[:-1] == [f"{path}: {hinted}" for path, _ in wrong[:-1]]
    assert found[-1] == f"{wrong[-1][0]}: 'alpah' is not the id of a server"


def test_loops_and_repeated_links_are_faulty() -> None:
    """A link joins two nodes, and there is one for each ordered pair."""
    links = [
        {"source": "a", "target": "b"},
        {"source": "b", "target": "a"},
        {"source": "b", "target": "b"},
        {"source": "a", "target": None},
        {"source": "a", "target": "b"},
    ]
    assert texts(faulty_links(links, "no loops", "keep one")) == [
        "links[2]: goes from 'b' to itself; no loops",
        "links[4]: 'a' to 'b' is already links[0]; keep one",
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([[1, 2], [3, 4], [5, 6]], []),
        ([[1, 2]], ["x: has 1 entries, but windows is 3; give one for each"]),
        (
            [[1, 2], [3], "malformed"],
            ["x[1]: has 1 entries, but nodes has 2; give one for each"],
        ),
        ("malformed", []),
    ],
)
def test_arrays_are_as_long_as_their_axes(value: Any, expected: list[str]) -> None:
    """Every array of the wrong length is reported, the outermost first."""
    document = {"windows": 3, "nodes": ["a", "b"], "x": value}
    axes = [axis(document, name) for name in ("windows", "nodes")]
    assert texts(wrong_lengths("x", value, *axes)) == expected


@pytest.mark.parametrize("value", [None, True, -1, 2.0, {"a": 1}])
def test_malformed_axis_is_passed_over(value: Any) -> None:
    """Nothing is reported about arrays whose axis is malformed itself."""
    assert axis({"n": value}, "n") is None
    assert not texts(wrong_lengths("x", [1, 2], axis({"n": value}, "n")))
