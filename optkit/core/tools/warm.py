"""Compile the loops of all solvers into the cache before anybody needs them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import optkit
from optkit.core.errors import OptkitError, UnavailableError
from optkit.core.instance import Instance
from optkit.core.runtime.compiled import cache_folder, counts
from optkit.core.runtime.loops import always_compiled
from optkit.core.solving import registry
from optkit.core.solving.family import resolve
from optkit.core.solving.limits import Limits
from optkit.core.solving.solve import solve

SEED = 0
TINY_INSTANCES = 8
"""Among so many, each solver finds one that it supports."""

SECONDS = 60.0
"""Time limit of a solver on a tiny instance. Compiling is not interrupted by it."""


@dataclass(frozen=True)
class Warmed:
    """What was done.

    Parameters
    ----------
    compiled, present
        Loops compiled now, and loops that were in the cache, counted once per kind of
        arguments.
    seconds
        How long it took.
    folder
        The folder of the cache, or that of the package: numba then keeps machine code in
        its ``__pycache__`` folders.
    """

    compiled: int
    present: int
    seconds: float
    folder: Path


def warm(
    families: Sequence[str], tell: Callable[[str, int, int], object] = lambda *_: None
) -> Warmed:
    """Compile every loop of some families that is not in the cache yet.

    Each solver solves a tiny instance with all loops compiled.

    Parameters
    ----------
    families
        Their names.
    tell
        Called before each step with what comes, the number of steps done, and that of all.

    Raises
    ------
    UnavailableError
        If the cache cannot be written.
    """
    started = time.perf_counter()
    before = counts.copy()
    folder = _writable_folder()
    steps = [(name, step) for family in families for name, step in _steps(family)]
    for number, (name, step) in enumerate(steps):
        tell(name, number, len(steps))
        with always_compiled():
            step()
        if counts["not kept"] > before["not kept"]:
            raise _unwritable(folder)
    done = {key: counts[key] - before[key] for key in ("compiled", "loaded")}
    return Warmed(
        done["compiled"], done["loaded"], time.perf_counter() - started, folder
    )


def _steps(family: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield what compiles the loops of a family, each with a name."""
    description = registry.family(family)
    for target in description.warm_up:
        yield family, resolve(target)
    cases = description.contract_cases
    if cases is None:
        return
    tiny = [case.instance for case in resolve(cases).random(SEED, TINY_INSTANCES)]
    for info in registry.solvers(family):
        if info.available:
            yield f"{family} {info.name}", partial(_run, info.name, tiny)


def _run(solver: str, instances: Sequence[Instance]) -> None:
    """Run a solver on all instances; those that it does not take are left out."""
    for instance in instances:
        with suppress(OptkitError):
            solve(instance, solver, limits=Limits(time=SECONDS), seed=SEED)


def _writable_folder() -> Path:
    """Return the folder of the cache."""
    folder = cache_folder(_writable_folder)
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        if folder is None or Path(given).absolute() not in folder.absolute().parents:
            raise _unwritable(Path(given))
        return Path(given)
    if folder is None:
        raise _unwritable(None)
    # Beside the source files, or in the user's folder.
    return Path(optkit.__file__).parent if folder.name == "__pycache__" else folder


def _unwritable(folder: Path | None) -> UnavailableError:
    why = (
        "neither the package's folders nor the user's cache folder can be written to"
        if folder is None
        else f"{folder} cannot be written to, or the disk is full"
    )
    return UnavailableError(
        f"{why}, so compiled loops cannot be kept. Let the environment variable"
        " NUMBA_CACHE_DIR name another folder, for this command and for all runs."
    )
