"""Turns what pydantic finds wrong in a document into issues in plain words."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from optkit.core.errors import Issue
from optkit.core.files.text import join_path
from optkit.core.suggest import nearest


def issue_of(detail: ErrorDetails, model: type[BaseModel]) -> Issue:
    """Return the issue that an error of pydantic describes.

    Parameters
    ----------
    detail
        One of the errors.
    model
        The class of the document; tells which keys would have been right.
    """
    path = ""
    for step in detail["loc"]:
        path = (
            f"{path}[{step}]" if isinstance(step, int) else join_path(path, str(step))
        )
    context = detail.get("ctx", {})
    kind = str(context.get("kind", detail["type"]))
    if kind == "extra_forbidden":
        key = str(detail["loc"][-1])
        allowed = _keys_at(model, detail["loc"][:-1])
        guess = nearest(key, allowed)
        hint = f"; did you mean {guess!r}?" if guess else "."
        listing = f"{hint} Allowed: {', '.join(allowed)}" if allowed else ""
        return Issue(path, f"unknown key{listing}")
    if kind == "missing":
        return Issue(path, "missing; the key is required")
    text = _second_half(detail["msg"])
    if kind == "cross_check":
        return Issue(path, text)
    return Issue(path, f"{show_value(detail['input'])} is not allowed: it {text}")


def _second_half(message: str) -> str:
    """Return pydantic's message as the second half of "… is not allowed: it …"."""
    message = message.removeprefix("Value error, ").replace("Input should", "must")
    message = message.replace("must be a valid tuple", "must be an array")
    message = message.replace("must be a valid dictionary", "must be an object")
    if "P{Cc}" in message:
        return "must be text without control characters"
    return message.replace("String should", "must")


def show_value(value: Any) -> str:
    """Return a value as messages show it: short, containers by their type."""
    if isinstance(value, dict | list | tuple):
        return type_in_words(value)
    text = repr(value) if value is not None else "null"
    return text if len(text) <= 60 else text[:57] + "..."


def type_in_words(value: Any) -> str:
    """Return the JSON type of a value with its article."""
    names = {
        dict: "an object",
        list: "an array",
        tuple: "an array",
        str: "a string",
        bool: "a boolean",
        int: "a number",
        float: "a number",
        type(None): "null",
    }
    return next((name for kind, name in names.items() if isinstance(value, kind)), "?")


def _keys_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that are allowed in the object at ``loc``."""
    current: Any = model
    for step in loc:
        if isinstance(step, int):
            continue
        fields = getattr(current, "model_fields", {})
        field = fields.get(step) or next(
            (f for f in fields.values() if f.alias == step), None
        )
        current = _part_in(field.annotation) if field else None
    fields = getattr(current, "model_fields", {})
    return sorted(field.alias or name for name, field in fields.items())


def _part_in(annotation: Any) -> Any:
    """Return the model class that an annotation mentions; None if it has none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    parts = map(_part_in, getattr(annotation, "__args__", ()))
    return next((part for part in parts if part is not None), None)
