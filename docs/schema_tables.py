"""Tables of file formats, from the JSON Schemas of the document types."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from numpydoc.docscrape import NumpyDocString

Schema = dict[str, Any]

BOUNDS = {
    "minimum": "≥",
    "exclusiveMinimum": ">",
    "maximum": "≤",
    "exclusiveMaximum": "<",
}
COMMON = {
    "name": "Name for readers; not part of the instance's identity.",
    "provenance": "Where the instance comes from; not part of its identity.",
    "schema": "Kind of the file.",
    "schema_version": "Version of the format.",
}
"""Descriptions of the keys that every instance has."""

LARGEST = 1e15
"""Limits of this size and above only exclude nonsense, and are left out of the tables."""


def value(schema: Schema) -> str:
    """Return the allowed values of a key, in a few words."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{choice}`" for choice in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(value(choice) for choice in schema["anyOf"])
    if "prefixItems" in schema:
        return f"[{', '.join(value(item) for item in schema['prefixItems'])}]"
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
    bounds = [
        f"{sign} {schema[key]:g}"
        for key, sign in BOUNDS.items()
        if key in schema
        and abs(schema[key]) < LARGEST
        and abs(schema[key]) != 1 / LARGEST
    ]
    if schema.get("minimum") == 1 / LARGEST:
        bounds.append("> 0")
    return " ".join([kind, ", ".join(bounds)]).strip()


def markdown(lines: list[str]) -> str:
    """Return a docstring's lines as Markdown for a cell of a table."""
    text = re.sub(
        r":\w+:`~?([^`]*)`", r"`\1`", " ".join(line.strip() for line in lines)
    )
    return text.replace("``", "`").replace("|", "\\|")


def table(schema: Schema) -> Iterator[str]:
    """Yield the summary of an object's docstring, and the table of its keys."""
    documented = NumpyDocString(schema.get("description", ""))
    yield f"{markdown(documented['Summary'] + documented['Extended Summary'])}\n"
    descriptions = {
        name.strip().rstrip("_"): markdown(entry.desc)
        for entry in documented["Parameters"]
        for name in entry.name.split(",")
    }
    required = schema.get("required", ())
    common = COMMON if "provenance" in schema["properties"] else {}
    yield "| key | value |\n|---|---|"
    for key, inner in schema.get("properties", {}).items():
        words = value(inner)
        if key not in required and "const" not in inner:
            default = inner.get("default")
            plain = isinstance(default, bool | int | float | str) and default != ""
            text = json.dumps(default).strip('"')
            words += f"; `{text}` if missing" if plain else "; optional"
        description = descriptions.get(key) or common.get(key, "")
        line_break = "<br>" if description else ""
        yield f"| `{key}` | *{words}*{line_break}{description} |"
    yield ""


def tables(schema: Schema) -> Iterator[str]:
    """Yield the table of a document, then those of the objects in it."""
    yield from table(schema)
    for name, inner in schema.get("$defs", {}).items():
        if "properties" in inner:
            yield f"### {name}\n"
            yield from table(inner)
        else:
            yield f"### {name}\n\n{markdown(inner.get('description', '').splitlines())}"
            yield f"Value: {value(inner)}\n"
