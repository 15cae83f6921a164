"""Write the suite as TOML, so that a report is enough to make its runs again."""

from __future__ import annotations

import json
from typing import Any

from optkit.bench.suite import Suite


def rerun_suite(suite: Suite) -> str:
    """Return a suite as a TOML file.

    Defaults are left out, except for the schema and its version.

    Parameters
    ----------
    suite
        The suite.
    """
    data: dict[str, Any] = {
        "schema": suite.schema_,
        "schema_version": suite.schema_version,
        **suite.model_dump(
            mode="json", by_alias=True, exclude_defaults=True, exclude_none=True
        ),
    }
    plain = {k: v for k, v in data.items() if not _is_table(v)}
    lines = [f"{_key(k)} = {_value(v)}" for k, v in plain.items()]
    for name, value in data.items():
        if name in plain:
            continue
        heading = f"[{_key(name)}]" if isinstance(value, dict) else f"[[{_key(name)}]]"
        for table in [value] if isinstance(value, dict) else value:
            lines += ["", heading]
            lines += [f"{_key(k)} = {_value(v)}" for k, v in table.items()]
    return "\n".join(lines) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    )


def _key(text: str) -> str:
    bare = text.isascii() and text.replace("_", "").replace("-", "").isalnum()
    return text if bare else json.dumps(text, ensure_ascii=False)


def _value(value: Any) -> str:
    """Return a value on one line; TOML writes scalars and lists as JSON does."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    # JSON leaves the delete character as it is, but TOML does not allow it.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
