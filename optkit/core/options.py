"""Options of solvers, generators and importers: declared as fields, and validated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from optkit.core.errors import UsageError
from optkit.core.suggest import unknown


class Options(BaseModel):
    """Base class of all options: immutable; one described field per option."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    SHORT: ClassVar[str] = ""
    """The option that a group's own name stands for: with ``"policy"``, ``group=x`` means
    ``group.policy=x``. Empty: a group's name alone has no value."""


class FreeOptions(Options):
    """A group whose options are not known here; who uses them validates them."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)

    @property
    def values(self) -> dict[str, Any]:
        """Return the options that were given, by name."""
        return dict(self.model_extra or {})


OptionsT = TypeVar("OptionsT", bound=Options)


def group_type(options: type[Options], name: str) -> type[Options] | None:
    """Return the class of the options inside a group; None if ``name`` is no group."""
    field = options.model_fields.get(name)
    annotation = None if field is None else field.annotation
    if isinstance(annotation, type) and issubclass(annotation, Options):
        return annotation
    return None


def former_names(field: FieldInfo) -> list[str]:
    """Return the former names of a renamed option; its present one is not among them."""
    alias = field.validation_alias
    return list(map(str, alias.choices[1:])) if isinstance(alias, AliasChoices) else []


def _present_name(options_type: type[Options], name: str) -> str:
    """Return the present name of an option that may have been renamed."""
    for present, field in options_type.model_fields.items():
        if name in former_names(field):
            return present
    return name


def make_options(
    options_type: type[OptionsT], values: Mapping[str, Any], owner: str
) -> OptionsT:
    """Return the options that have these values.

    Parameters
    ----------
    options_type
        The options' class.
    values
        Values by name; hyphens and underscores are the same. An option in a group is
        named ``group.option``, or ``option`` if no other group has one of that name; or
        the group's name holds a mapping of its options.
    owner
        What they are options of, for messages: ``"solver ga"``.

    Raises
    ------
    UsageError
        With everything that is wrong, and the nearest right name for a misspelt one.
    """
    known, problems = _known(options_type, values, owner)
    try:
        options = options_type(**known)
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
    return options


def _known(
    options_type: type[Options], values: Mapping[str, Any], owner: str, prefix: str = ""
) -> tuple[dict[str, Any], list[str]]:
    """Return the values of known options, groups as mappings, and what is wrong."""
    known: dict[str, Any] = {}
    grouped: dict[str, dict[str, Any]] = {}
    problems = []
    free = issubclass(options_type, FreeOptions)
    for key, value in values.items():
        name, dot, rest = str(key).replace("-", "_").partition(".")
        name = _present_name(options_type, name)
        group = group_type(options_type, name)
        if dot and group is not None:
            grouped.setdefault(name, {})[rest] = value
        elif not dot and group is not None and isinstance(value, Mapping):
            grouped.setdefault(name, {}).update(value)
        elif not dot and group is not None and group.SHORT and isinstance(value, str):
            grouped.setdefault(name, {})[group.SHORT] = value
        elif not dot and (name in options_type.model_fields or free):
            known[name] = value
        elif not dot and (homes := _groups_with(options_type, name)):
            if len(homes) == 1:
                grouped.setdefault(homes[0], {})[name] = value
            else:
                which = " or ".join(f"{prefix}{home}.{name}" for home in homes)
                problems.append(f"{owner}: option {name!r} is ambiguous: {which}.")
        else:
            names = _names(options_type, prefix)
            wrong = prefix + str(key).replace("-", "_")
            problems.append(f"{owner}: {unknown('option', wrong, names)}")
    for name, inside in grouped.items():
        group = group_type(options_type, name)
        assert group is not None, "only groups are collected"
        known[name], more = _known(group, inside, owner, f"{prefix}{name}.")
        problems += more
    return known, problems


def _groups_with(options_type: type[Options], name: str) -> list[str]:
    """Return the groups that have an option of that name."""
    groups = ((key, group_type(options_type, key)) for key in options_type.model_fields)
    return [key for key, group in groups if group and name in group.model_fields]


def _names(options_type: type[Options], prefix: str = "") -> list[str]:
    """Return the names of all options; those in groups as ``group.option``."""
    names = []
    for name in options_type.model_fields:
        group = group_type(options_type, name)
        if group is None:
            names.append(prefix + name)
        elif issubclass(group, FreeOptions):
            names.append(f"{prefix}{name}.NAME")
        else:
            names += _names(group, f"{prefix}{name}.")
    return names
