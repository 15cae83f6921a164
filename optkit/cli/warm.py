"""``optkit warm``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from optkit.cli.terminal import Terminal


def warm(
    *families: str,
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Compile all loops now, so that no later run has to.

    For example:

      optkit warm
      optkit warm dispatch sync
      NUMBA_CACHE_DIR=/var/cache/optkit optkit warm

    Solvers run small instances in plain Python, and compile their loops when an instance
    is large. The machine code is kept on disk, next to the program or, if that folder
    cannot be written to, in the user's cache folder; NUMBA_CACHE_DIR names another one.
    Run this command once when you build an image of a container, or on a cluster whose
    nodes share a folder. What is there already is not compiled again. Exit status 13: the
    folder cannot be written to.

    Parameters
    ----------
    families
        Problem families; by default, all.
    json
        Print one JSON object.
    """
    from optkit.core.solving import registry
    from optkit.core.tools.warm import warm as compile_loops

    names = [registry.family(name).name for name in families]
    names = names or list(registry.families())

    def tell(what: str, done: int, steps: int) -> None:
        terminal.note(f"{done + 1} of {steps}: {what}")

    warmed = compile_loops(list(dict.fromkeys(names)), tell)
    if json:
        terminal.document(
            {
                "compiled": warmed.compiled,
                "present": warmed.present,
                "seconds": warmed.seconds,
                "folder": str(warmed.folder),
            }
        )
    else:
        terminal.line(
            f"{warmed.compiled} loops compiled and {warmed.present} found compiled in"
            f" {warmed.seconds:.0f} s; they are kept in {warmed.folder}"
        )
    return 0
