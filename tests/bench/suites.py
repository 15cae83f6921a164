"""Suites for tests."""

from __future__ import annotations

from pathlib import Path

from optkit.bench.suite import Suite, load_suite

HEAD = 'schema = "optkit/suite"\nschema_version = 1\nname = "s"\n'
GENERATED = '[[instances]]\ngenerate = "allocation"\noptions = { servers = 3 }\n'


def suite(text: str, folder: Path) -> Suite:
    """Return the suite of a text."""
    path = folder / "suite.toml"
    path.write_text(HEAD + text)
    return load_suite(path)
