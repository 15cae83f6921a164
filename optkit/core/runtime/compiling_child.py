"""The program of the child process that compiles loops for its parent.

:mod:`optkit.core.runtime.compiler_process` starts it.
"""

from __future__ import annotations

import base64
import importlib
import os
import pickle
import sys
from contextlib import suppress
from operator import attrgetter
from typing import Any

from optkit.core.runtime.loops import always_compiled


def main() -> None:
    """Compile what the lines of the input ask for, until it ends."""
    if hasattr(os, "nice"):
        os.nice(5)  # the solver goes first
    for line in sys.stdin.buffer:
        with suppress(Exception):  # the one who asked finds nothing in the cache
            _compile(*pickle.loads(base64.b64decode(line)))
        with suppress(OSError):  # the one who asked may have ended
            sys.stdout.buffer.write(b"finished\n")
            sys.stdout.buffer.flush()


def _compile(module: str, name: str, types: tuple[Any, ...] | None) -> None:
    """Compile a loop for arguments of some types, or what a function calls."""
    function = attrgetter(name)(importlib.import_module(module))
    if types is not None:
        function.compile(types)
        return
    with always_compiled():
        function()


if __name__ == "__main__":
    main()
