"""Base of everything that is read from a file: frozen, closed, versioned, hashed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Self

import rfc8785
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files.text import join_path
from optkit.core.suggest import nearest


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise PydanticCustomError("finite_number", "Input should be a finite number")
    return value


NonNegative = Annotated[float, Field(strict=True, ge=0), AfterValidator(_finite)]
"""A finite number, zero or above; numbers in quotes and booleans are refused."""

LARGEST = 1e15
SMALLEST = 1e-15

Quantity = Annotated[
    float, Field(strict=True, ge=SMALLEST, le=LARGEST), AfterValidator(_finite)
]
"""A positive physical quantity, between 1e-15 and 1e15 of its unit."""


def _zero_or_sane(value: float) -> float:
    if 0.0 < value < SMALLEST:
        raise PydanticCustomError(
            "too_small",
            "Input should be zero, or at least {least}",
            {"least": SMALLEST},
        )
    return value


QuantityOrZero = Annotated[
    float,
    Field(strict=True, ge=0, le=LARGEST),
    AfterValidator(_finite),
    AfterValidator(_zero_or_sane),
]
"""A physical quantity: zero, or between 1e-15 and 1e15 of its unit."""

Truth = Annotated[bool, Field(strict=True)]
"""True or false, and nothing that merely looks like it."""

Number = Annotated[float, Field(strict=True), AfterValidator(_finite)]
"""Any finite number."""

Identifier = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=200, pattern=r"^\P{Cc}+$"),
]
"""A name: 1 to 200 characters, none of them a control character."""

Text = Annotated[str, Field(strict=True, max_length=20_000)]
"""Free text for the reader."""

_HEADER = ("schema", "schema_version")

Migration = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns a document of one schema version into the next version's."""


class Part(BaseModel):
    """Base of the objects inside a document: immutable, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Document(Part):
    """A whole file: a schema name, a schema version, and content.

    Subclasses set the class variables and give ``schema_`` and ``schema_version``
    their ``Literal`` types. References between parts are checked by
    :meth:`cross_check`, which sees the raw data, so that a dangling id is reported beside
    a negative rate and not only once the rate is mended.
    """

    model_config = ConfigDict(populate_by_name=True, ser_json_inf_nan="strings")

    SCHEMA: ClassVar[str]
    VERSION: ClassVar[int] = 1
    MIGRATIONS: ClassVar[Mapping[int, Migration]] = {}
    UNHASHED: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def cross_check(cls, data: Mapping[str, Any]) -> Iterable[Issue]:
        """Yield what is wrong between the parts of the raw document ``data``.

        Objects are mappings, whether they come from a file or were built before. Nothing
        else may be assumed about types: what is malformed on its own is reported by the
        field's own validation and is passed over here.
        """
        return ()

    @model_validator(mode="wrap")
    @classmethod
    def _validate_whole(
        cls, data: Any, handler: ModelWrapValidatorHandler[Self]
    ) -> Self:
        errors: list[InitErrorDetails] = []
        made: Self | None = None
        try:
            made = handler(data)
        except ValidationError as error:
            errors = [_again(detail) for detail in error.errors()]
        # What was built says more than what it was built from, such as a generator.
        raw = vars(made) if made is not None else data
        if isinstance(raw, Mapping):
            raw = {key: _plain(value) for key, value in raw.items()}
            errors += [
                InitErrorDetails(
                    type=PydanticCustomError(
                        "cross_check", "{text}", {"text": issue.message}
                    ),
                    loc=(issue.path,),
                    input=None,
                )
                for issue in cls.cross_check(raw)
            ]
        if errors or made is None:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return made

    def model_copy(
        self, *, update: Mapping[str, Any] | None = None, deep: bool = False
    ) -> Self:
        """Return a copy; what was derived, such as the hash, is derived anew."""
        copy = super().model_copy(update=update, deep=deep)
        for name in set(copy.__dict__) - set(type(self).model_fields):
            del copy.__dict__[name]
        return copy

    def __eq__(self, other: object) -> bool:
        """Say whether two documents have the same type and content."""
        if type(self) is not type(other):
            return NotImplemented
        return all(
            getattr(self, name) == getattr(other, name)
            for name in type(self).model_fields
        )

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[Any, Any]:
        """Return what is pickled: the content, without what was derived from it."""
        state = super().__getstate__()
        fields = type(self).model_fields
        content = {k: v for k, v in state["__dict__"].items() if k in fields}
        return {**state, "__dict__": content}

    def document(self) -> dict[str, Any]:
        """Return the JSON-ready mapping that :meth:`parse` reads back."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    @cached_property
    def sha256(self) -> str:
        """Identity of the content: sha256 of its canonical JSON (RFC 8785).

        Name and provenance, which do not change the problem, are left out.
        """
        content = {
            key: value
            for key, value in self.document().items()
            if key not in self.UNHASHED
        }
        return hashlib.sha256(rfc8785.dumps(content)).hexdigest()

    @classmethod
    def parse(cls, data: Any, source: str = "document") -> Self:
        """Return the document that ``data`` describes, migrated to today's version.

        Raises
        ------
        InvalidFileError
            With everything that is wrong, each with its path and what is allowed.
        """
        if not isinstance(data, dict):
            raise InvalidFileError(
                source,
                [f"a JSON object is expected, this is {_kind(data)}"],
            )
        issues = cls._header(data)
        migrated = data if issues else cls._migrate(data, source)
        try:
            made = cls.model_validate(migrated)
        except ValidationError as error:
            issues += [issue_of(detail, cls) for detail in error.errors()]
        if issues:
            # What the header's own check says, the fields' validation says again.
            first = {issue.path: issue for issue in reversed(issues)}
            kept = [i for i in issues if i.path not in _HEADER or first[i.path] is i]
            raise InvalidFileError(source, list(dict.fromkeys(kept)))
        return made

    @classmethod
    def _header(cls, data: Mapping[str, Any]) -> list[Issue]:
        """Return what is wrong with the two keys that say what the file is."""
        issues = [
            Issue(key, f"missing; it is {shown!r} in this version")
            for key, shown in zip(_HEADER, (cls.SCHEMA, cls.VERSION), strict=True)
            if key not in data
        ]
        version = data.get("schema_version", cls.VERSION)
        if isinstance(version, bool) or not isinstance(version, int):
            issues.append(
                Issue(
                    "schema_version",
                    f"{_shown(version)} is not allowed: it must be {cls.VERSION}, or the"
                    " whole number of an older version",
                )
            )
        return issues

    @classmethod
    def _migrate(cls, data: dict[str, Any], source: str) -> dict[str, Any]:
        version = data["schema_version"]
        if version > cls.VERSION:
            raise InvalidFileError(
                source,
                [
                    Issue(
                        "schema_version",
                        f"{version} is newer than {cls.VERSION}, the newest version of"
                        f" {cls.SCHEMA} that this optkit reads; update optkit",
                    )
                ],
            )
        while version in cls.MIGRATIONS:
            try:
                data = cls.MIGRATIONS[version](dict(data))
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise InvalidFileError(
                    source,
                    [
                        f"cannot be brought from version {version} to {version + 1}:"
                        f" {type(error).__name__} {error}; the file is not a valid"
                        f" version {version}"
                    ],
                ) from None
            version += 1
            data["schema_version"] = version
        return data


def _plain(value: Any) -> Any:
    """Return a part as a mapping, and an array of parts as one of mappings."""
    if isinstance(value, Part):
        return vars(value)
    if isinstance(value, list | tuple) and value and isinstance(value[0], Part | dict):
        return [vars(item) if isinstance(item, Part) else item for item in value]
    return value


def _again(detail: ErrorDetails) -> InitErrorDetails:
    """Make an error that was caught into one to be raised together with others."""
    return InitErrorDetails(
        type=PydanticCustomError(
            "again", "{text}", {"text": detail["msg"], "kind": detail["type"]}
        ),
        loc=detail["loc"],
        input=detail["input"],
    )


def issue_of(detail: ErrorDetails, model: type[BaseModel]) -> Issue:
    """Return what pydantic found wrong, in the words of our messages."""
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
        hint = f"; did you mean {guess!r}?" if guess else ""
        return Issue(
            path,
            f"unknown key{hint} Allowed: {', '.join(allowed)}"
            if allowed
            else "unknown key",
        )
    if kind == "missing":
        return Issue(path, "missing; the key is required")
    text = _words(detail["msg"])
    shown = _shown(detail["input"])
    if kind == "cross_check":
        return Issue(path, text)
    return Issue(path, f"{shown} is not allowed: it {text}" if shown else text)


def _words(message: str) -> str:
    """Return pydantic's message as the second half of "… is not allowed: it …"."""
    message = message.removeprefix("Value error, ").replace("Input should", "must")
    message = message.replace("must be a valid tuple", "must be an array")
    message = message.replace("must be a valid dictionary", "must be an object")
    if "P{Cc}" in message:
        return "must be text without control characters"
    return message.replace("String should", "must")


def _shown(value: Any) -> str:
    if isinstance(value, dict | list | tuple):
        return _kind(value)
    text = repr(value) if value is not None else "null"
    return text if len(text) <= 60 else text[:57] + "..."


def _kind(value: Any) -> str:
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
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _part_in(argument)
        if found is not None:
            return found
    return None
