"""The families and solvers that are installed, from this package and from others.

Families are found through the entry-point group ``optkit.families``, other kinds of
files through ``optkit.file_kinds``. Solvers register
themselves with the decorator :func:`register`; those of other packages are loaded through
the group ``optkit.solvers``. A plug-in that fails to load is reported; the others work.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from pydantic.errors import PydanticInvalidForJsonSchema

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.options import FreeOptions, Options, group_type
from optkit.core.solving.composition import SEPARATOR, Composition
from optkit.core.solving.family import Family, FileKind, resolve
from optkit.core.solving.solver import Availability, Capabilities, Kind, Solver
from optkit.core.suggest import unknown

_SOLVERS: dict[tuple[str, str], type[Solver[Any]]] = {}
_PROVIDERS: dict[type[Solver[Any]], str] = {}
_LOADED: set[str] = set()
_BROKEN: dict[str, str] = {}

S = TypeVar("S", bound=type[Solver[Any]])

AUTO = "auto"
"""The name that lets the family choose the solver that suits the instance."""


def register(solver: S) -> S:
    """Register a solver class; used as a decorator.

    Raises
    ------
    UsageError
        If a declaration is missing, or another solver has the same name.
    """
    for attribute in ("name", "family", "kind", "reference"):
        if not hasattr(solver, attribute):
            raise UsageError(
                f"solver class {solver.__qualname__}: class variable {attribute!r} is"
                " missing; every solver declares name, family, kind and reference."
            )
    if not isinstance(solver.name, str) or not isinstance(solver.family, str):
        raise UsageError(
            f"solver class {solver.__qualname__}: name and family are text."
        )
    if solver.name == AUTO:
        raise UsageError(f"solver class {solver.__qualname__}: {AUTO!r} is reserved.")
    key = (solver.family, solver.name)
    other = _SOLVERS.get(key)
    if other is not None and _home(other) != _home(solver):
        raise UsageError(
            f"two solvers of family {solver.family!r} are called {solver.name!r}:"
            f" {_home(other)} and {_home(solver)}; rename one."
        )
    _SOLVERS[key] = solver
    return solver


def _home(solver: type[Solver[Any]]) -> str:
    return f"{solver.__module__}.{solver.__qualname__}"


def _ours_first(point: EntryPoint) -> tuple[bool, str]:
    return (not point.value.startswith("optkit."), point.name)


@cache
def families() -> dict[str, Family]:
    """Return every problem family by name."""
    families: dict[str, Family] = {}
    for point in _family_points():
        family = _loaded(point)
        if family is not None and family.name in families:
            _BROKEN[f"family {point.name} ({point.value})"] = (
                f"another family is called {family.name!r}; it was not replaced"
            )
        elif family is not None:
            families[family.name] = family
    return families


@cache
def _family_points() -> tuple[EntryPoint, ...]:
    return tuple(sorted(entry_points(group="optkit.families"), key=_ours_first))


@cache
def _loaded(point: EntryPoint) -> Family | None:
    try:
        family = point.load()
    except (Exception, SystemExit) as error:  # a plug-in may do anything
        _BROKEN[f"family {point.name}"] = f"{type(error).__name__}: {error}"
        return None
    if not isinstance(family, Family):
        _BROKEN[f"family {point.name}"] = f"{point.value} is not a Family"
        return None
    return family


def _own_family(name: object) -> Family | None:
    """Return one of our families without loading the others; None if it is not ours."""
    for point in _family_points():
        if point.name == name and point.value.startswith("optkit."):
            family = _loaded(point)
            return family if family is not None and family.name == name else None
    return None


def reader_of(ending: str) -> str | None:
    """Return the reader of files whose names end so; the first family that has one wins.

    Families are loaded one after another, so only those before it are.

    Parameters
    ----------
    ending
        The ending in lower case: ``".mps"``.

    Returns
    -------
    str or None
        ``"module:function"``; None if no family reads such files.
    """
    for point in _family_points():
        family = _loaded(point)
        if family is not None and ending in family.readers:
            return family.readers[ending]
    return None


@cache
def file_kinds() -> dict[str, FileKind]:
    """Return every kind of file by name that is no instance of a family."""
    kinds: dict[str, FileKind] = {}
    for point in sorted(entry_points(group="optkit.file_kinds"), key=_ours_first):
        try:
            kind = point.load()
        except (Exception, SystemExit) as error:  # a plug-in may do anything
            _BROKEN[f"file kind {point.name}"] = f"{type(error).__name__}: {error}"
            continue
        if not isinstance(kind, FileKind):
            _BROKEN[f"file kind {point.name}"] = f"{point.value} is not a FileKind"
        elif kind.name in kinds or kind.name in families():
            _BROKEN[f"file kind {point.name} ({point.value})"] = (
                f"{kind.name!r} is there already; it was not replaced"
            )
        else:
            kinds[kind.name] = kind
    return kinds


def file_kind_of_schema(schema: str) -> FileKind | None:
    """Return the kind of file whose documents carry the schema name ``schema``."""
    for candidate in file_kinds().values():
        if schema == candidate.document_type.SCHEMA:
            return candidate
    return None


def family(name: str) -> Family:
    """Return the family called ``name``.

    Raises
    ------
    UsageError
        If there is none; the message suggests the nearest.
    """
    own = _own_family(name)
    if own is not None:
        return own
    known = families()
    if name not in known:
        raise UsageError(unknown("family", name, known))
    return known[name]


def family_of_schema(schema: str) -> Family | None:
    """Return the family whose instances carry the schema name ``schema``."""
    own = _own_family(schema.removeprefix("optkit/"))
    if own is not None and schema == own.instance_type.SCHEMA:
        return own
    for candidate in families().values():
        if schema == candidate.instance_type.SCHEMA:
            return candidate
    return None


def _load(family_name: str) -> None:
    """Import the modules that register the solvers of one family."""
    if family_name in _LOADED:
        return
    package = importlib.import_module(family(family_name).solvers)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    _load_plugins()
    _LOADED.add(family_name)


@cache
def _load_plugins() -> None:
    for point in entry_points(group="optkit.solvers"):
        try:
            loaded = point.load()
            if isinstance(loaded, type) and issubclass(loaded, Solver):
                family(register(loaded).family)
                if point.dist is not None:
                    _PROVIDERS[loaded] = point.dist.name
            else:
                _BROKEN[f"solver {point.name} ({point.value})"] = (
                    "it is not a subclass of optkit.Solver"
                )
        except (Exception, SystemExit) as error:  # a plug-in may do anything
            _BROKEN[f"solver {point.name} ({point.value})"] = (
                f"{type(error).__name__}: {error}"
            )


def load_plug_ins(group: str, base: type, add: Callable[[Any], object]) -> None:
    """Add the classes that installed packages offer in a group of entry points.

    A class that fails to load or to be added is left out; :func:`broken` has the reason.

    Parameters
    ----------
    group
        Name of the group.
    base
        What the classes derive from. Their attribute ``package`` becomes the distribution
        that provides them, unless they set it.
    add
        Called with each class.
    """
    for point in entry_points(group=group):
        where = f"{group} {point.name} ({point.value})"
        try:
            loaded = point.load()
            if not (isinstance(loaded, type) and issubclass(loaded, base)):
                _BROKEN[where] = f"it is not a subclass of {base.__qualname__}"
                continue
            if getattr(loaded, "package", None) is None and point.dist is not None:
                loaded.package = point.dist.name  # type: ignore[attr-defined]
            add(loaded)
        except (Exception, SystemExit) as error:  # a plug-in may do anything
            _BROKEN[where] = f"{type(error).__name__}: {error}"


def provider(solver: type[Solver[Any]]) -> str:
    """Return the distribution that provides a solver, whose version is recorded."""
    declared = solver.package or _PROVIDERS.get(solver)
    return declared or solver.__module__.partition(".")[0]


def broken() -> dict[str, str]:
    """Return the plug-ins that failed to load, each with the reason."""
    return dict(_BROKEN)


def composition(family_name: str) -> Composition | None:
    """Return how solvers of a family are composed of parts; None if they are not."""
    target = family(family_name).composition
    result: Composition | None = None if target is None else resolve(target)
    return result


def solver_class(family_name: str, name: str) -> type[Solver[Any]]:
    """Return the solver called ``name`` of a family, or composed of the parts it names.

    Raises
    ------
    UsageError
        If there is none; the message suggests the nearest.
    """
    _load(family_name)
    if (family_name, name) in _SOLVERS:
        return _SOLVERS[family_name, name]
    composed = composition(family_name)
    if composed is not None and isinstance(name, str) and SEPARATOR in name:
        return composed.solver(name)
    names = [n for f, n in _SOLVERS if f == family_name]
    patterns = [] if composed is None else [composed.pattern]
    message = unknown(f"{family_name} solver", name, [*names, AUTO, *patterns])
    others = _families_with(name, except_for=family_name)
    if others:
        message = f"solver {name!r} is of family {' and '.join(others)}; {message}"
    raise UsageError(message)


def _families_with(name: str, except_for: str) -> list[str]:
    """Return the other families that have a solver of this name."""
    others = sorted(set(families()) - {except_for})
    for family_name in others:
        _load(family_name)
    return [f for f in others if (f, name) in _SOLVERS]


def usable_solver_class(family_name: str, name: str) -> type[Solver[Any]]:
    """Return the solver called ``name``, if it can run here.

    Raises
    ------
    UsageError
        If there is none of that name.
    UnavailableError
        If it cannot run here; the message says why.
    """
    solver = solver_class(family_name, name)
    availability = _availability(solver)
    if not availability.available:
        raise UnavailableError(
            f"solver {name!r} is not available here: {availability.reason}"
        )
    return solver


@dataclass(frozen=True)
class SolverInfo:
    """One entry of the list of solvers."""

    name: str
    family: str
    kind: Kind
    reference: str
    available: bool
    reason: str
    options: dict[str, Any]
    capabilities: Capabilities


def solvers(family_name: str | None = None) -> list[SolverInfo]:
    """Return the solvers that are installed, of one family or of all.

    Parameters
    ----------
    family_name
        Name of the family; None for all.
    """
    names = [family(family_name).name] if family_name else list(families())
    for name in names:
        _load(name)
    infos = []
    for (owner, name), solver in sorted(_SOLVERS.items()):
        if owner not in names:
            continue
        availability = _availability(solver)
        infos.append(
            SolverInfo(
                name=name,
                family=owner,
                kind=solver.kind,
                reference=solver.reference,
                available=availability.available,
                reason=availability.reason,
                options=_describe(solver),
                capabilities=solver.capabilities,
            )
        )
    return infos


def _availability(solver: type[Solver[Any]]) -> Availability:
    try:
        return solver.available()
    except Exception as error:  # a broken plug-in must not hide the others
        return Availability(
            False, f"available() raised {type(error).__name__}: {error}"
        )


def _describe(solver: type[Solver[Any]]) -> dict[str, Any]:
    """Return each option's type, default and description."""
    return _describe_options(solver.Options)


def _describe_options(options: type[Options], prefix: str = "") -> dict[str, Any]:
    """Return the description of each option; options in a group as ``group.option``."""
    try:
        schema = options.model_json_schema()
    except PydanticInvalidForJsonSchema:  # valid, but it has no JSON schema
        schema = {"properties": {name: {} for name in options.model_fields}}
    described = {}
    for name, entry in schema.get("properties", {}).items():
        group = group_type(options, name)
        if group is not None and issubclass(group, FreeOptions):
            text = options.model_fields[name].description
            described[f"{prefix}{name}.NAME"] = {"description": text}
            continue
        if group is not None:
            described.update(_describe_options(group, f"{prefix}{name}."))
            continue
        described[f"{prefix}{name}"] = {
            key: value for key, value in entry.items() if key not in ("title",)
        }
    return described
