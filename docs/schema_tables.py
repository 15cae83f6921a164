"""File formats as tables, from the JSON Schemas that the types of the documents make."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from numpydoc.docscrape import NumpyDocString

Schema = dict[str, Any]

ENDS = {
    "minimum": "≥",
    "exclusiveMinimum": ">",
    "maximum": "≤",
    "exclusiveMaximum": "<",
}
COMMON = {
    "name": "For the reader; it may change without making another instance.",
    "provenance": "Where it comes from; like the name no part of its identity.",
    "schema": "What the file is.",
    "schema_version": "Of the format.",
}
"""Keys that every instance has."""

LARGEST = 1e15
"""Limits that only keep nonsense out, from here on, are left to the schema."""


def value(schema: Schema) -> str:
    """Return what may stand for a key, in a few words."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{one}`" for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(value(one) for one in schema["anyOf"])
    if "prefixItems" in schema:
        return f"[{', '.join(value(one) for one in schema['prefixItems'])}]"
    kind = schema.get("type", "any")
    if kind == "array":
        depth, inner = 1, schema.get("items", {})
        while inner.get("type") == "array" and "items" in inner:
            depth, inner = depth + 1, inner["items"]
        return f"list{f' in {depth} dimensions' * (depth > 1)} of {value(inner)}"
    if kind == "object":
        inner = schema.get("additionalProperties") or next(
            iter(schema.get("patternProperties", {}).values()), {}
        )
        return f"object of {value(inner)}" if isinstance(inner, dict) else "object"
    ends = [
        f"{sign} {schema[key]:g}"
        for key, sign in ENDS.items()
        if key in schema
        and abs(schema[key]) < LARGEST
        and abs(schema[key]) != 1 / LARGEST
    ]
    if schema.get("minimum") == 1 / LARGEST:
        ends.append("> 0")
    return " ".join([kind, ", ".join(ends)]).strip()


def markdown(lines: list[str]) -> str:
    """Return a docstring's lines as Markdown that fits into a table's cell."""
    text = re.sub(
        r":\w+:`~?([^`]*)`", r"`\1`", " ".join(line.strip() for line in lines)
    )
    return text.replace("``", "`").replace("|", "\\|")


def table(schema: Schema) -> Iterator[str]:
    """Yield the table of an object's keys, and what its docstring says before it."""
    documented = NumpyDocString(schema.get("description", ""))
    yield f"{markdown(documented['Summary'] + documented['Extended Summary'])}\n"
    meaning = {
        name.strip().rstrip("_"): markdown(entry.desc)
        for entry in documented["Parameters"]
        for name in entry.name.split(",")
    }
    required = schema.get("required", ())
    common = COMMON if "provenance" in schema["properties"] else {}
    yield "| key | what stands there |\n|---|---|"
    for key, inner in schema.get("properties", {}).items():
        words = value(inner)
        if key not in required and "const" not in inner:
            default = inner.get("default")
            plain = isinstance(default, bool | int | float | str) and default != ""
            text = json.dumps(default).strip('"')
            words += f"; `{text}` if missing" if plain else "; optional"
        said = meaning.get(key) or common.get(key, "")
        yield f"| `{key}` | *{words}*{'<br>' * bool(said)}{said} |"
    yield ""


def tables(schema: Schema) -> Iterator[str]:
    """Yield a document's table, then those of the objects in it."""
    yield from table(schema)
    for name, inner in schema.get("$defs", {}).items():
        if "properties" in inner:
            yield f"### {name}\n"
            yield from table(inner)
        else:
            yield f"### {name}\n\n{markdown(inner.get('description', '').splitlines())}"
            yield f"Value: {value(inner)}\n"
