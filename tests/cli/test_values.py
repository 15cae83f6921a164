"""Values of options."""

from __future__ import annotations

from optkit.cli.values import parse_assignments


def test_assignments() -> None:
    """A value is parsed as JSON, or else taken as text."""
    assert parse_assignments(["a=1", "b=x", "c=[1, 2]", "d=", "e-f=true", "g=a=b"]) == {
        "a": 1,
        "b": "x",
        "c": [1, 2],
        "d": "",
        "e_f": True,
        "g": "a=b",
    }
