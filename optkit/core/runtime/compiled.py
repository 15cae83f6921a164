"""Loops compiled by numba at their first call and cached on disk.

numba keeps machine code as long as the file of the called function stays the same. But
that machine code also contains the functions it calls, from any file. Here all of their
files, and the constants they use, decide whether the cached code is still valid.

Whatever is wrong with the folder of the cache costs time only. A file that cannot be read
counts as not there, and code that cannot be written is compiled again by the next process.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any


class NotCompiledError(BaseException):
    """Machine code is not in the cache, and was not to be compiled.

    It passes through numba, which turns most exceptions into others.
    """


_called: list[Callable[..., Any]] = []


def jitable(function: Callable[..., Any]) -> Any:
    """Let compiled loops call ``function``, which becomes part of their machine code.

    numba's ``register_jitable`` does the same, but has to import numba.
    """
    _called.append(function)
    return function


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` compiled; later processes reuse its machine code."""
    from numba import njit
    from numba.extending import register_jitable

    while _called:
        register_jitable(_called.pop())
    dispatcher = njit(function)
    kept, nothing_kept = _cache_classes()
    try:
        dispatcher._cache = kept(function)
    except (RuntimeError, OSError):  # no folder that the cache may be written to
        dispatcher._cache = nothing_kept()
    result: Callable[..., Any] = dispatcher
    return result


@contextmanager
def cached_only() -> Iterator[None]:
    """Load machine code from the cache, but compile none.

    Raises
    ------
    NotCompiledError
        Within the ``with`` block, by a call of a loop that is not in the cache.
    """
    before = _is_cached_only()
    _mode.cached_only = True
    try:
        yield
    finally:
        _mode.cached_only = before


_mode = threading.local()

counts: Counter[str] = Counter()
"""Loops that this process has ``loaded`` and ``compiled``, once per kind of arguments, and
those of the latter that were ``not kept``, because the cache cannot be written."""


def _is_cached_only() -> bool:
    # A process that is ending waits for its threads: they begin no other loop.
    return (
        getattr(_mode, "cached_only", False) or not threading.main_thread().is_alive()
    )


def cache_folder(function: Callable[..., Any]) -> Path | None:
    """Return the folder that a compiled function is kept in; None if there is none."""
    path = getattr(compiled(function)._cache, "cache_path", None)  # type: ignore[attr-defined]
    return None if path is None else Path(path)


@cache
def _cache_classes() -> tuple[Any, Any]:
    """Return the classes of a cache on disk and of none; a call of it imports numba."""
    import numba
    from numba.core.caching import FunctionCache, IndexDataCacheFile, NullCache

    class Files(IndexDataCacheFile):  # type: ignore[misc]
        """The files of one function: an index, and one file per entry.

        numba numbers the entries. Two processes that add different ones at once may then
        give both the same number, and one would run the machine code of the other. Here the
        name of a file is made from what identifies its entry. It is written before the
        index that names it.
        """

        def save(self, key: Any, data: Any) -> None:
            name = self._name(key)
            self._save_data(name, data)
            entries = self._load_index()
            if entries.get(key) != name:
                entries[key] = name
                self._save_index(entries)

        def _name(self, key: Any) -> str:
            text = repr((numba.__version__, self._source_stamp, key))
            digest = hashlib.sha256(text.encode()).hexdigest()
            name: str = self._data_name_pattern.format(number=int(digest[:12], 16))
            return name

        def _load_index(self) -> dict[Any, Any]:
            try:
                entries: dict[Any, Any] = super()._load_index()
            except Exception:  # unpickling may raise anything
                return {}
            return entries

    class Kept(FunctionCache):  # type: ignore[misc]
        """numba's cache of a function, with all sources that it calls in the key."""

        def __init__(self, function: Callable[..., Any]) -> None:
            super().__init__(function)
            self._cache_file = Files(
                cache_path=self._cache_path,
                filename_base=self._impl.filename_base,
                source_stamp=self._impl.locator.get_source_stamp(),
            )

        def load_overload(self, signature: Any, target: Any) -> Any:
            try:
                found = super().load_overload(signature, target)
            except Exception:  # a file that is cut off or made by something else
                found = None
            if found is not None:
                counts["loaded"] += 1
            elif _is_cached_only():
                raise NotCompiledError
            return found

        def save_overload(self, signature: Any, data: Any) -> None:
            counts["compiled"] += 1
            try:
                super().save_overload(signature, data)
            except (OSError, pickle.PicklingError):
                counts["not kept"] += 1  # a full disk, or a folder of somebody else

        def _index_key(self, *given: Any) -> tuple[Any, ...]:
            return (*super()._index_key(*given), sources_digest(self._py_func))

    class NothingKept(NullCache):  # type: ignore[misc]
        """No cache, where no folder can be written to."""

        def load_overload(self, signature: Any, target: Any) -> None:
            if _is_cached_only():
                raise NotCompiledError

        def save_overload(self, signature: Any, data: Any) -> None:
            counts["compiled"] += 1
            counts["not kept"] += 1

    return Kept, NothingKept


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
