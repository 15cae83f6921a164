"""Loops compiled by numba at their first call and cached on disk.

numba keeps machine code as long as the file of the called function stays the same. But
that machine code also contains the functions it calls, from any file. Here all of their
files, and the constants they use, decide whether the cached code is still valid.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` compiled; later processes reuse its machine code."""
    from numba import njit

    dispatcher = njit(function)
    try:
        dispatcher._cache = _cache_class()(function)
    except RuntimeError:  # no folder that the cache may be written to
        os.environ.setdefault("NUMBA_CACHE_DIR", tempfile.gettempdir())
    result: Callable[..., Any] = dispatcher
    return result


@cache
def _cache_class() -> Any:
    from numba.core.caching import FunctionCache, IndexDataCacheFile

    class Index(IndexDataCacheFile):  # type: ignore[misc]
        """numba's list of what is cached; one that does not load counts as empty.

        An index names types of the package, which a newer version may have renamed.
        """

        def _load_index(self) -> dict[Any, Any]:
            try:
                entries: dict[Any, Any] = super()._load_index()
            except Exception:  # unpickling may raise anything
                return {}
            return entries

    class Cache(FunctionCache):  # type: ignore[misc]
        """numba's cache of a function, with all sources that it calls in the key."""

        def __init__(self, function: Callable[..., Any]) -> None:
            super().__init__(function)
            self._cache_file = Index(
                cache_path=self._cache_path,
                filename_base=self._impl.filename_base,
                source_stamp=self._impl.locator.get_source_stamp(),
            )

        def _index_key(self, *given: Any) -> tuple[Any, ...]:
            return (*super()._index_key(*given), sources_digest(self._py_func))

    return Cache


@cache
def sources_digest(function: FunctionType) -> str:
    """Return a digest of everything that the machine code of a function depends on.

    Parameters
    ----------
    function
        The function; everything that it calls has to be defined already.

    Returns
    -------
    str
        SHA-256 of the files of all functions and classes that it uses directly or
        indirectly, libraries aside, and of the constants that these use.
    """
    parts: set[str] = set()
    visited: set[object] = set()
    to_visit: list[Any] = [function]
    while to_visit:
        value = to_visit.pop()
        value = getattr(value, "py_func", value)  # compiled already
        if isinstance(value, FunctionType):
            if value in visited:
                continue
            visited.add(value)
            parts.add(_file_digest(value.__code__.co_filename))
            to_visit += _named(value)
        elif isinstance(value, type):
            parts.add(f"{value.__module__}.{value.__qualname__} {_fields(value)}")
        elif not isinstance(value, ModuleType):
            parts.add(repr(value))
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()


def _named(function: FunctionType) -> Iterator[Any]:
    """Yield the values of the global names that a function uses."""
    top = function.__module__.partition(".")[0]
    names = set(_names(function.__code__))
    for name in names & function.__globals__.keys():
        value = function.__globals__[name]
        if not isinstance(value, ModuleType):
            if _is_own(value, top):
                yield value
        elif value.__name__.partition(".")[0] == top:
            yield from (v for k, v in vars(value).items() if k in names)


def _is_own(value: object, top: str) -> bool:
    """Return whether a value belongs to the package; libraries have versions instead."""
    module = getattr(getattr(value, "py_func", value), "__module__", None)
    return module is None or str(module).partition(".")[0] == top


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _fields(kind: type) -> str:
    return " ".join(getattr(kind, "_fields", ()))


@cache
def _file_digest(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:  # defined in an interactive session
        return path
