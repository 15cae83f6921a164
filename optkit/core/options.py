"""Options of solvers, generators and importers: declared, closed, validated at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from optkit.core.errors import UsageError
from optkit.core.suggest import unknown


class Options(BaseModel):
    """Base of all options: immutable, closed; a field each, described."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


OptionsT = TypeVar("OptionsT", bound=Options)


def make_options(
    options_type: type[OptionsT], given: Mapping[str, Any], owner: str
) -> OptionsT:
    """Return the options that ``given`` describes.

    Parameters
    ----------
    options_type
        The options' class.
    given
        Values by name; hyphens and underscores are the same.
    owner
        Whom they belong to, for messages: ``"solver ga"``.

    Raises
    ------
    UsageError
        With everything that is wrong, the nearest right name for a misspelt one.
    """
    values = {key.replace("-", "_"): value for key, value in given.items()}
    known = list(options_type.model_fields)
    problems = [
        f"{owner}: {unknown('option', key, known)}"
        for key in values
        if key not in options_type.model_fields
    ]
    right = {key: value for key, value in values.items() if key in known}
    try:
        made = options_type(**right)
    except ValidationError as error:
        for detail in error.errors():
            text = detail["msg"].removeprefix("Value error, ")
            if not detail["loc"]:  # between options
                problems.append(f"{owner}: {text}")
                continue
            name = ".".join(map(str, detail["loc"]))
            text = text.replace("Input should", "it must")
            problems.append(
                f"{owner}: option {name}: {detail['input']!r} is not allowed: {text}"
            )
    if problems:
        raise UsageError("\n".join(problems))
    return made
