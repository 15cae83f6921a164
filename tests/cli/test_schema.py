"""``optkit schema``."""

from __future__ import annotations

import pytest

from tests.cli.command import Command


@pytest.mark.slow
def test_every_format_has_a_schema(optkit_command: Command) -> None:
    """The JSON Schema of every format is printed, with or without ``optkit/``."""
    names = optkit_command("schema").out.split()
    assert {"allocation", "solution"} <= set(names)
    for name in names:
        schema = optkit_command("schema", name).document
        assert schema["$schema"].startswith("https://json-schema.org/")
        assert schema["$id"]
        assert "schema" in schema["properties"]
    prefixed = optkit_command("schema", "optkit/allocation")
    assert prefixed.out == optkit_command("schema", "allocation").out
