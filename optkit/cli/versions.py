"""``optkit versions``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from optkit.cli.terminal import Terminal


def versions(
    *, json: bool = False, terminal: Annotated[Terminal, Parameter(parse=False)]
) -> int:
    """List the versions of optkit and of every package that computes.

    For example:

      optkit versions
      optkit versions --json

    Parameters
    ----------
    json
        Print one JSON object.
    """
    import optkit
    from optkit.cli.tables import pairs

    found = optkit.versions()
    if json:
        terminal.document(found)
    else:
        terminal.show(pairs(found.items()))
    return 0
