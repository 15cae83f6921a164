"""Base classes of everything that is read from a file: frozen, versioned, hashed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files.canonical import canonical_sha256
from optkit.core.files.columns import Columns
from optkit.core.files.validation_messages import issue_of, show_value, type_in_words

_HEADER = ("schema", "schema_version")

FEWEST_ENTRIES = 1000
"""Entries in all long arrays of a document from which they are read as columns."""

_COLUMNS = "_columns"

Migration = Callable[[dict[str, Any]], dict[str, Any]]
"""Converts a document of one schema version to the next."""


class Part(BaseModel):
    """Base of the objects inside a document: immutable; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Document(Part):
    """A whole file: a schema name, a schema version, and content.

    Subclasses set the class variables and give ``schema_`` and ``schema_version``
    their ``Literal`` types. :meth:`cross_check` checks references between parts. It sees
    the raw data, so that one run reports a dangling id as well as a negative rate.
    """

    model_config = ConfigDict(populate_by_name=True, ser_json_inf_nan="strings")

    SCHEMA: ClassVar[str]
    VERSION: ClassVar[int] = 1
    MIGRATIONS: ClassVar[Mapping[int, Migration]] = {}
    UNHASHED: ClassVar[frozenset[str]] = frozenset()
    LONG_ARRAYS: ClassVar[Mapping[str, type[Part]]] = {}
    """Fields that may be very long arrays of flat parts, by the class of the parts.

    Such arrays are read and hashed as columns; the parts are made when the attribute is
    first asked for. A subclass that has any defines :meth:`check_columns`."""

    @classmethod
    def check_columns(
        cls, data: Mapping[str, Any], columns: Mapping[str, Columns[Any]]
    ) -> Mapping[str, list[Any]] | None:
        """Say whether :meth:`cross_check` finds nothing, given the arrays as columns.

        Parameters
        ----------
        data
            The raw document.
        columns
            The columns of each field in ``LONG_ARRAYS``; every entry is valid by itself.

        Returns
        -------
        dict or None
            Short arrays with which the rest of the document can be validated; None if
            :meth:`cross_check` has to take a look.
        """
        return None

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
        document: Self | None = None
        try:
            document = handler(data)
        except ValidationError as error:
            errors = [_repeated(detail) for detail in error.errors()]
        if document is not None and document is data and _COLUMNS in vars(document):
            return document  # it was checked when it was read
        # A document that was built is better: its source may be a spent generator.
        raw = vars(document) if document is not None else data
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
        if errors or document is None:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return document

    def model_copy(
        self, *, update: Mapping[str, Any] | None = None, deep: bool = False
    ) -> Self:
        """Return a copy, without derived values such as the hash."""
        self._make_parts()
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
        """Return the state to pickle: the content, without derived values."""
        self._make_parts()
        state = super().__getstate__()
        fields = type(self).model_fields
        content = {k: v for k, v in state["__dict__"].items() if k in fields}
        return {**state, "__dict__": content}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            columns = self.__dict__.get(_COLUMNS, {})
            if name not in columns:
                return super().__getattr__(name)
            self.__dict__[name] = columns[name].parts()
            return self.__dict__[name]

        def model_dump(self, **options: Any) -> dict[str, Any]:
            """Return the fields as a dictionary."""
            self._make_parts()
            return super().model_dump(**options)

        def model_dump_json(self, **options: Any) -> str:
            """Return the fields as JSON text."""
            self._make_parts()
            return super().model_dump_json(**options)

        def __iter__(self) -> Iterator[tuple[str, Any]]:
            self._make_parts()
            return super().__iter__()

        def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
            self._make_parts()
            return super().__repr_args__()

    def _make_parts(self) -> None:
        """Make the parts of which there are only columns."""
        for name in self.__dict__.get(_COLUMNS, ()):
            getattr(self, name)

    def columns_of(self, name: str) -> Columns[Any]:
        """Return the columns of a field in ``LONG_ARRAYS``, without making its parts."""
        kept: dict[str, Columns[Any]] = self.__dict__.get(_COLUMNS, {})
        if name in kept:
            return kept[name]
        return Columns.of(self.LONG_ARRAYS[name], getattr(self, name))

    def length(self, name: str) -> int:
        """Return how many entries a field has, without making its parts."""
        return len(self.__dict__.get(_COLUMNS, {}).get(name) or getattr(self, name))

    def document(self) -> dict[str, Any]:
        """Return the JSON-ready mapping that :meth:`parse` reads back."""
        kept = self.__dict__.get(_COLUMNS, {})
        return self._document({name: kept[name].document() for name in kept})

    def _document(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Return the JSON-ready mapping, given what stands for the long arrays."""
        content = BaseModel.model_dump(
            self, mode="json", by_alias=True, exclude_none=True, exclude=set(arrays)
        )
        if not arrays:
            return content
        keys = [field.alias or name for name, field in type(self).model_fields.items()]
        return {
            key: arrays[key] if key in arrays else content[key]
            for key in keys
            if key in arrays or key in content
        }

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the content as canonical JSON (RFC 8785), which identifies it.

        The keys in ``UNHASHED``, which do not change the problem, are left out.
        """
        content = {
            key: value
            for key, value in self._document(self.__dict__.get(_COLUMNS, {})).items()
            if key not in self.UNHASHED
        }
        return canonical_sha256(content)

    @classmethod
    def parse(cls, data: Any, source: str = "document") -> Self:
        """Return the document that ``data`` describes, migrated to the current version.

        Raises
        ------
        InvalidFileError
            With everything that is wrong: each path, and what is allowed there.
        """
        if not isinstance(data, dict):
            raise InvalidFileError(
                source,
                [f"a JSON object is expected, this is {type_in_words(data)}"],
            )
        issues = cls._header(data)
        migrated = data if issues else cls._migrate(data, source)
        quick = None if issues else cls._by_columns(migrated)
        if quick is not None:
            return quick
        try:
            document = cls.model_validate(migrated)
        except ValidationError as error:
            issues += [issue_of(detail, cls) for detail in error.errors()]
        if issues:
            # The fields' validation repeats what the check of the header says.
            first = {issue.path: issue for issue in reversed(issues)}
            kept = [i for i in issues if i.path not in _HEADER or first[i.path] is i]
            raise InvalidFileError(source, list(dict.fromkeys(kept)))
        return document

    @classmethod
    def _by_columns(cls, data: Mapping[str, Any]) -> Self | None:
        """Return a document with its long arrays as columns.

        None only says that a closer look is needed: because the arrays are short, or
        because something may be wrong, which :meth:`model_validate` then puts in words.
        """
        arrays = {name: data.get(name) for name in cls.LONG_ARRAYS}
        lengths = [len(array) for array in arrays.values() if type(array) is list]
        if len(lengths) < len(arrays) or sum(lengths) < FEWEST_ENTRIES:
            return None
        columns: dict[str, Columns[Any]] = {}
        for name, part in cls.LONG_ARRAYS.items():
            read = Columns.read(part, arrays[name])
            if read is None:
                return None
            columns[name] = read
        short = cls.check_columns(data, columns)
        if short is None:
            return None
        try:
            document = cls.model_validate({**data, **short})
        except ValidationError:
            return None
        for name in columns:
            del document.__dict__[name]
        document.__dict__[_COLUMNS] = columns
        return document

    @classmethod
    def _header(cls, data: Mapping[str, Any]) -> list[Issue]:
        """Return what is wrong with the two keys that identify the format."""
        issues = [
            Issue(key, f"missing; it is {value!r} in this version")
            for key, value in zip(_HEADER, (cls.SCHEMA, cls.VERSION), strict=True)
            if key not in data
        ]
        version = data.get("schema_version", cls.VERSION)
        if isinstance(version, bool) or not isinstance(version, int):
            issues.append(
                Issue(
                    "schema_version",
                    f"{show_value(version)} is not allowed: it must be {cls.VERSION}, or"
                    " the whole number of an older version",
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


def _repeated(detail: ErrorDetails) -> InitErrorDetails:
    """Return an error that was caught as one that can be raised with others."""
    return InitErrorDetails(
        type=PydanticCustomError(
            "repeated", "{text}", {"text": detail["msg"], "kind": detail["type"]}
        ),
        loc=detail["loc"],
        input=detail["input"],
    )
