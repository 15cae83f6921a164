"""Options of solvers, derived from the parameters of a search engine."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

from pydantic import Field, create_model

from optkit.core.options import Options
from optkit.search.parameters import DESCRIPTION, LIMITS


def options_from(parameters: type, /, **defaults: Any) -> type[Options]:
    """Return a class of options with the names, ranges and meanings of ``parameters``.

    Parameters
    ----------
    parameters
        A dataclass whose fields are made by :func:`optkit.search.parameters.parameter`.
    defaults
        Defaults that differ from those of the dataclass.
    """
    types = get_type_hints(parameters)
    declared: dict[str, Any] = {
        entry.name: (
            types[entry.name],
            Field(
                defaults.get(entry.name, entry.default),
                description=entry.metadata[DESCRIPTION],
                **{key: entry.metadata[key] for key in LIMITS if key in entry.metadata},
            ),
        )
        for entry in fields(parameters)
    }
    name = parameters.__name__.replace("Parameters", "Options")
    return create_model(name, __base__=Options, __doc__=parameters.__doc__, **declared)
