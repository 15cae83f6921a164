"""Loops that run as plain Python where that is soon done, and compiled where it is not.

To compile the loops of a solver takes seconds. On a small instance plain Python has
finished before the compiler has begun, so a loop says how many steps a call takes, and
calls are not compiled before these add up. The two ways give the same result, bit for bit:
a loop uses scalars only, and NumPy for nothing but making arrays.

What is decided depends on counts of steps and on what the cache on disk holds, never on a
clock.
"""

from __future__ import annotations

import functools
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from optkit.core.runtime import compiler_process, stopping
from optkit.core.runtime.compiled import NotCompiledError, cached_only, compiled

NOT_LOADED = 50_000
"""Steps that a process takes in plain Python before it looks for machine code on disk.

Importing numba takes as long as some 500,000 of them.
"""

NOT_REQUESTED = 400_000
"""Steps that a process takes in plain Python before it has loops compiled meanwhile.

With fewer, a later run gains little from machine code.
"""

NOT_COMPILED = 4_000_000
"""Steps that a process takes in plain Python before it waits for the compiler: 1 to 2 s."""

SHORT_CALL = 100_000
"""Most steps of a call that never waits for the compiler."""


class _Thread(threading.local):
    interpreting = False
    compiling = False


_thread = _Thread()
_steps_taken = 0


@contextmanager
def always_compiled() -> Iterator[None]:
    """Compile all loops that are called, at once and in this process."""
    before = _thread.compiling
    _thread.compiling = True
    try:
        yield
    finally:
        _thread.compiling = before


def is_always_compiled() -> bool:
    """Return whether loops are compiled however small their work is."""
    return _thread.compiling


class Loop:
    """A function of scalars and arrays that runs as plain Python or compiled.

    Loops may call each other. In a compiled one the called ones are compiled, too.

    Parameters
    ----------
    function
        The function.
    steps
        Returns about how often a call goes through its innermost loops, from the
        function's arguments. None for a loop that is always compiled.
    fills
        How many arguments, the last ones, are arrays that it fills in. If there are any,
        plain Python works on lists, which it reads several times faster. Such a loop has
        arrays of one dimension only, does not slice them, and never divides by 0.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        steps: Callable[..., int] | None,
        fills: int = 0,
    ) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self._steps = steps
        self._fills = fills
        self._ready = False
        self._looked_up = False
        self._request: compiler_process.Request | None = None
        self._has_ended = False

    @property
    def dispatcher(self) -> Any:
        """The function as numba compiles it."""
        return compiled(self.py_func)

    @property
    def _numba_type_(self) -> Any:
        """The type under which numba compiles calls of the loop in other loops."""
        return self.dispatcher._numba_type_

    def __call__(self, *arguments: Any) -> Any:
        """Run the loop."""
        if _thread.interpreting:
            return self.py_func(*arguments)
        if self._ready or not self._is_interpreted(arguments):
            return self.dispatcher(*arguments)
        _thread.interpreting = True
        try:
            if self._fills:
                return self._on_lists(arguments)
            with np.errstate(all="ignore"):  # as compiled
                return _plain(self.py_func(*arguments))
        finally:
            _thread.interpreting = False

    def _on_lists(self, arguments: tuple[Any, ...]) -> Any:
        lists = [a.tolist() if isinstance(a, np.ndarray) else a for a in arguments]
        result = self.py_func(*lists)
        for place in range(len(arguments) - self._fills, len(arguments)):
            arguments[place][:] = lists[place]
        return result

    def compile(self, types: tuple[Any, ...]) -> None:
        """Load or compile the loop for arguments of these numba types."""
        self.dispatcher._compilation_chain_init_hook()
        self.dispatcher.compile(types)

    def _is_interpreted(self, arguments: tuple[Any, ...]) -> bool:
        """Return whether this call runs as plain Python; otherwise the loop is ready."""
        global _steps_taken
        if _thread.compiling:
            self.compile(self._types(arguments))
            return False
        steps = math.inf if self._steps is None else self._steps(*arguments)
        if _steps_taken + steps <= NOT_LOADED:
            _steps_taken += int(steps)
            return True
        if not self._looked_up and self._load(arguments):
            return False
        total = _steps_taken + steps
        if self._request is None and total > NOT_REQUESTED:
            self._request = compiler_process.request(self, self._types(arguments))
        if self._has_arrived() and self._load(arguments):
            return False
        if total <= NOT_COMPILED:
            _steps_taken += int(steps)
            return True
        while not self._has_ended:
            if steps <= SHORT_CALL or stopping.was_raised():
                return True
            stopping.wait(self._pending().wait)
            if self._has_arrived() and self._load(arguments):
                return False
        self.compile(self._types(arguments))
        self._ready = True
        return False

    def _pending(self) -> compiler_process.Request:
        assert self._request is not None, "it was asked for"
        return self._request

    def _has_arrived(self) -> bool:
        """Return whether the compiler has just finished, well or not."""
        if self._has_ended or self._request is None or self._request.is_pending():
            return False
        self._has_ended = True
        return True

    def _types(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(map(self.dispatcher.typeof_pyval, arguments))

    def _load(self, arguments: tuple[Any, ...]) -> bool:
        """Load the loop from the cache; return whether it is there."""
        self._looked_up = True
        try:
            with cached_only():
                self.compile(self._types(arguments))
        except NotCompiledError:
            return False
        self._ready = True
        return True


def _plain(value: Any) -> Any:
    """Return a result as compiled code returns it: numbers are Python's own."""
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(map(_plain, value))
    return value.item() if isinstance(value, np.generic) else value


def loop(
    steps: Callable[..., int], fills: int = 0
) -> Callable[[Callable[..., Any]], Loop]:
    """Make a function a :class:`Loop` with these parameters."""
    return lambda function: Loop(function, steps, fills)


def inner_loop(function: Callable[..., Any]) -> Loop:
    """Make a function a :class:`Loop` that other loops call, or that is always compiled."""
    return Loop(function, None)
